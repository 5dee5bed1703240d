// With Shift, a click on a box before a row also sets those between it and the one that was clicked before.
const ROWS = "[class*='st-key-row-'] input[type=checkbox]";

export default function ({ parentElement }) {
  const host = parentElement.querySelector(".ranges");
  let last = null;
  const clicked = (event) => {
    const box = event.target.closest?.("[class*='st-key-row-'] label")?.querySelector("input");
    if (!box || !event.isTrusted) return;
    const boxes = [...document.querySelectorAll(ROWS)], on = !box.checked;
    const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
    if (event.shiftKey && from >= 0) {
      for (const other of boxes.slice(from, to + 1)) if (other !== box && other.checked !== on) other.click();
      getSelection().removeAllRanges();
    }
    last = box;
  };
  host.stop?.();
  document.addEventListener("click", clicked, true);
  return host.stop = () => document.removeEventListener("click", clicked, true);
}
