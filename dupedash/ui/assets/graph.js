// The component around dupedashDraw: fetches the graph by URL, keeps it while nothing changed (so that zoom
// and place survive a rerun), and tells Python what was clicked.
const known = new WeakMap();
const FITS_MS = 150;  // after the window has its new size

const code = () => globalThis.dupedashGraph
  ? Promise.resolve(globalThis.dupedashGraph)
  : new Promise((done) => setTimeout(() => code().then(done), 30));

async function load(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}

// How much wider than high the drawing shall be, so that it fills its place above the buttons.
const BUTTONS = 44;  // pixels, as in graph.css
const wide = (host) => (host.clientWidth / Math.max(1, host.clientHeight - BUTTONS)).toFixed(1);

function focus(state, member) {
  if (!member || !state.graph || state.focused === member) return;
  state.focused = member;
  state.graph.focus(member);
}

async function show(state, outer, look, data) {
  const host = outer.querySelector(".dd-host"), note = outer.querySelector(".dd-note");
  delete host.dataset.drawn;
  note.hidden = false;
  note.textContent = "Drawing …";
  try {
    const url = data.url + "&wide=" + wide(host);
    const [{ vis, draw }, graph] = await Promise.all([code(), load(url)]);
    if (state.look !== look) return;  // another one was asked for meanwhile
    state.graph?.destroy();
    state.focused = null;
    note.hidden = true;
    host.graph = state.graph = draw(vis, host, graph, {
      select(node) {
        state.focused = node?.member;
        state.emit("selected", { member: node ? node.member : null });
      },
      open(node) { state.emit("opened", { member: node.member }); },
    }, url.replace(".json?", ".jpg?"));
    outer.querySelector(".dd-svg").href = url.replace(".json?", ".svg?");
    focus(state, state.wanted);
  } catch (error) {
    if (state.look === look) note.textContent = "The graph cannot be shown: " + error.message;
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const outer = parentElement.querySelector(".dd-outer");
  const state = known.get(outer) ?? {};
  known.set(outer, state);
  state.emit = setTriggerValue;
  state.wanted = data.focus;
  const look = data.url + "|" + data.theme;
  if (state.look === look) {
    focus(state, data.focus);
    return state.cleanup;
  }
  state.look = look;
  show(state, outer, look, data);
  outer.querySelector(".dd-fit").onclick = () => state.graph?.fit();
  outer.querySelector(".dd-png").onclick = () => state.graph?.save("dupedash-graph.png");
  outer.querySelector(".dd-full").onclick = () => (document.fullscreenElement ? document.exitFullscreen() : outer.requestFullscreen());
  outer.onfullscreenchange = () => setTimeout(() => state.graph?.fit(), FITS_MS);
  state.cleanup = () => {
    state.graph?.destroy();
    state.graph = null;
    state.look = null;
    delete outer.querySelector(".dd-host")?.dataset.drawn;
  };
  return state.cleanup;
}
