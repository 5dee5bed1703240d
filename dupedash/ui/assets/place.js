// The address and the place on the page. The address always names what is looked at; one step to another page
// is one step of the history; and where a page was scrolled to is found again on the way back, up and after a
// reload, as long as the tab is open.
const FOR_MS = 3000;  // a long page is drawn by then
const own = globalThis.dupedashPlace ??= begin();

export default function ({ data }) {
  const main = document.querySelector("[data-testid=stMain]");
  if (!main) return;
  if (own.main !== main) {
    own.main = main;
    main.addEventListener("scroll", () => own.here === here() && sessionStorage.setItem(own.here, main.scrollTop));
  }
  name(data.names);
  if (own.here === here()) return;
  const up = own.here?.startsWith("/group?") && here().startsWith("/groups?");
  const kept = own.back || up ? Number(sessionStorage.getItem(here())) : 0;
  own.back = false;
  if (kept) scroll(main, here(), kept, performance.now() + FOR_MS); else own.here = here();
}

function begin() {
  const made = { here: null, back: performance.getEntriesByType("navigation")[0]?.type !== "navigate" };
  window.addEventListener("popstate", () => { made.back = true; });
  // Streamlit puts several addresses into the history when it changes pages: those that no page was drawn for
  // are replaced by the one that follows.
  const push = history.pushState.bind(history);
  history.pushState = (...entry) => (made.here === here() ? push(...entry) : history.replaceState(...entry));
  return made;
}

function name(names) {
  const url = new URL(location.href);
  for (const [key, value] of Object.entries(names)) if (value) url.searchParams.set(key, value);
  const other = new URL(location.href).searchParams.toString() !== url.searchParams.toString();
  if (!other) return;
  const stood = own.here === here();
  history.replaceState(history.state, "", url);
  if (stood) own.here = here();
}

// The same address, in whatever order its parameters are.
function here() {
  const params = [...new URLSearchParams(location.search)].map((pair) => pair.join("=")).sort();
  return location.pathname.slice(location.pathname.lastIndexOf("/")) + "?" + params.join("&");
}

function scroll(main, address, top, until) {
  if (here() !== address) return;
  main.scrollTop = top;
  if (Math.abs(main.scrollTop - top) < 2 || performance.now() > until) own.here = address;
  else setTimeout(() => scroll(main, address, top, until), 50);
}
