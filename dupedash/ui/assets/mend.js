// Mends for those who do not see the page what Streamlit's own markup says wrongly: its menu calls things lists
// that are none, its headings skip a level, what scrolls cannot be reached by key. Pages are drawn piece by
// piece, so it looks again after each change.
const AGAIN_MS = 200;  // after the last change
const HEADINGS = "h1, h2, h3, h4, h5, h6";
let waiting = 0, watch = null;

export default function () {
  if (watch) return;
  watch = new MutationObserver(() => { clearTimeout(waiting); waiting = setTimeout(mend, AGAIN_MS); });
  watch.observe(document.body, { childList: true, subtree: true });
  mend();
}

function mend() {
  for (const menu of document.querySelectorAll("[data-testid=stSidebarNavItems]")) {
    for (const part of [menu, ...menu.querySelectorAll("li")]) part.setAttribute("role", "none");
  }
  for (const drop of document.querySelectorAll("[data-testid=stFileUploaderDropzone][role=presentation]")) {
    drop.removeAttribute("role");
  }
  for (const text of document.querySelectorAll("[data-testid=stMain] pre")) {
    if (text.scrollWidth > text.clientWidth || text.scrollHeight > text.clientHeight) text.tabIndex = 0;
  }
  level(document.querySelectorAll(`[data-testid=stMain] :is(${HEADINGS})`), 0);
  for (const dialog of document.querySelectorAll("[role=dialog]")) level(dialog.querySelectorAll(HEADINGS), 1);
}

// No heading is more than one level below the one before it.
function level(headings, before) {
  for (const heading of headings) {
    const own = Number(heading.tagName[1]), at = Math.min(own, before + 1);
    if (at !== own) heading.setAttribute("aria-level", at);
    else heading.removeAttribute("aria-level");
    before = at;
  }
}
