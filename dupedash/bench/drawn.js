// When is a page drawn: the script is done, nothing is stale or a skeleton, `wanted` is there, and every
// picture on the screen is loaded. Looks into the shadow roots of components, too.
(() => {
  const everywhere = (root, selector) => [
    ...root.querySelectorAll(selector),
    ...[...root.querySelectorAll("*")].filter((e) => e.shadowRoot).flatMap((e) => everywhere(e.shadowRoot, selector)),
  ];
  const app = () => document.querySelector("[data-testid=stApp]");
  const seen = (image) => {
    const box = image.getBoundingClientRect();
    return box.width > 0 && box.bottom > 0 && box.top < innerHeight;
  };
  const quiet = () => app()?.dataset.testScriptState === "notRunning"
    && !document.querySelector("[data-stale=true], [data-testid=stSkeleton], [data-testid=stAppSkeleton]");
  globalThis.benchDrawn = (wanted) => quiet() && everywhere(document, wanted).length > 0
    && everywhere(document, "img").filter(seen).every((image) => image.complete)
    && everywhere(document, ".dd-host").every((host) => host.dataset.drawn) && performance.now();
  const SETTLED = 250;  // milliseconds: what looks drawn for less is about to begin (a component's own drawing)
  // Milliseconds from the next key until the page that follows from it is drawn and stays so.
  globalThis.benchMove = (wanted) => {
    globalThis.benchTook = null;
    addEventListener("keydown", () => {
      const began = performance.now();
      let ran = false, since = null;
      const look = () => {
        const now = performance.now();
        ran ||= app().dataset.testScriptState !== "notRunning";
        since = ran && benchDrawn(wanted) ? since ?? now : null;
        if (since !== null && now - since > SETTLED) globalThis.benchTook = since - began;
        else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    }, { capture: true, once: true });
  };
})();
