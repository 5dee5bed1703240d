// Draws a graph of groups with vis-network; the dashboard's component and the standalone file share it.
//
//   dupedashDraw(vis, host, {nodes, edges, options}, {select, open}) -> {destroy, fit, focus, search, where}
//
// host    an element; it gets a canvas and a tooltip. All texts are set as text, never as HTML.
// select  called with a node (or null) on a click; open with a node on a double click.
function dupedashDraw(vis, host, data, on) {
  const FAR = 26;          // a picture smaller than this on the screen is drawn as a dot: far cheaper
  const MANY = 300;        // so many pictures at once; vis-network slows down beyond
  const REACH = 14;        // pixels: a click that misses a tiny dot by less still means it
  host.replaceChildren();
  const canvas = host.appendChild(document.createElement("div"));
  canvas.className = "dd-canvas";
  const tip = host.appendChild(document.createElement("div"));
  tip.className = "dd-tip";
  tip.hidden = true;

  const style = getComputedStyle(host);
  const ink = style.getPropertyValue("--dd-ink").trim() || "#31333f";
  const accent = style.getPropertyValue("--dd-accent").trim() || "#2563eb";
  const dots = data.nodes.length > MANY;
  const shown = data.nodes.map((node) => ({
    ...node, title: undefined, font: { color: ink, size: 9 },
    shape: dots || !node.image ? "dot" : "image", size: dots && node.image ? 12 : node.size,
    color: { border: "transparent", background: style.getPropertyValue("--dd-dot").trim() || "#7a869a",
             highlight: { border: accent, background: accent }, hover: { border: accent, background: accent } },
    group: undefined, family: node.group,
  }));
  const nodes = new vis.DataSet(shown);
  const edges = new vis.DataSet(data.edges.map((edge, id) => ({
    ...edge, id, title: undefined, dashes: edge.dashes ? [8, 6] : false,
    width: edge.width / 4, color: { color: edge.color, highlight: edge.color, hover: edge.color },
    label: edge.holding ? edge.score.toFixed(2) : undefined,
    font: { color: ink, size: 11, strokeWidth: 4, strokeColor: style.backgroundColor },
  })));
  const net = new vis.Network(canvas, { nodes, edges }, data.options);
  const byId = new Map(data.nodes.map((node) => [node.id, node]));

  function say(lines, at) {
    tip.replaceChildren(...lines.map((line) => {
      const row = document.createElement("div");
      row.textContent = line;
      return row;
    }));
    tip.hidden = false;
    const box = host.getBoundingClientRect();
    tip.style.left = Math.max(4, Math.min(at.x + 12, box.width - tip.offsetWidth - 8)) + "px";
    tip.style.top = Math.max(4, Math.min(at.y + 12, box.height - tip.offsetHeight - 8)) + "px";
  }
  const hide = () => { tip.hidden = true; };
  const where = (event) => ({ x: event.offsetX ?? 0, y: event.offsetY ?? 0 });

  net.on("hoverNode", ({ node, event }) => say([byId.get(node).where], where(event)));
  net.on("hoverEdge", ({ edge, event }) => {
    const link = edges.get(edge);
    const lines = ["score " + link.score.toFixed(2)];
    if (link.why) lines.push(link.why);
    if (link.holding) lines.push("holds the group together: breaks first as the threshold rises");
    if (link.dashes) lines.push("bridge: without it the group falls apart");
    say(lines, where(event));
  });
  for (const quiet of ["blurNode", "blurEdge", "dragStart", "zoom"]) net.on(quiet, hide);

  function nearest(pointer) {
    const at = net.DOMtoCanvas(pointer), reach = REACH / net.getScale();
    let best = null, least = reach;
    for (const node of data.nodes) {
      const far = Math.hypot(node.x - at.x, node.y - at.y);
      if (far < least) { best = node; least = far; }
    }
    return best;
  }
  const hit = (event) => event.nodes.length ? byId.get(event.nodes[0]) : nearest(event.pointer.DOM);
  net.on("click", (event) => {
    const node = hit(event);
    if (node) net.selectNodes([node.id]);
    on?.select?.(node);
  });
  net.on("doubleClick", (event) => { const node = hit(event); if (node) on?.open?.(node); });

  // Level of detail: of a large graph only what is on the screen and large enough becomes pictures.
  let pictured = new Set();
  function detail() {
    if (!dots) return;
    const large = 60 * net.getScale() >= FAR;
    const low = net.DOMtoCanvas({ x: 0, y: 0 }), high = net.DOMtoCanvas({ x: canvas.clientWidth, y: canvas.clientHeight });
    const seen = !large ? [] : data.nodes.filter((n) => n.image && n.x > low.x && n.x < high.x && n.y > low.y && n.y < high.y);
    const wanted = new Set(seen.slice(0, MANY).map((n) => n.id));
    const change = [];
    for (const id of pictured) if (!wanted.has(id)) change.push({ id, shape: "dot", size: 12 });
    for (const id of wanted) if (!pictured.has(id)) change.push({ id, shape: "image", size: 30 });
    if (change.length) nodes.update(change);
    pictured = wanted;
  }
  let waiting = 0;
  const later = () => { clearTimeout(waiting); waiting = setTimeout(detail, 120); };
  for (const moved of ["zoom", "dragEnd", "resize", "animationFinished"]) net.on(moved, later);
  net.once("afterDrawing", () => { host.dataset.drawn = String(data.nodes.length); later(); });

  return {
    destroy() { clearTimeout(waiting); net.destroy(); },
    fit() { net.fit({ animation: { duration: 300 } }); },
    focus(member) {
      const node = data.nodes.find((n) => n.member === member);
      if (!node) return false;
      net.selectNodes([node.id]);
      const family = data.nodes.filter((n) => n.group === node.group).map((n) => n.id);
      net.fit({ nodes: family, maxZoomLevel: 1.2, animation: { duration: 300 } });
      return true;
    },
    where(member) {  // on the page, for whoever wants to point at it
      const node = data.nodes.find((n) => n.member === member), box = canvas.getBoundingClientRect();
      const at = net.canvasToDOM(node);
      return { x: box.x + at.x, y: box.y + at.y };
    },
    search(text) {
      const wanted = text.trim().toLowerCase();
      const found = wanted ? data.nodes.filter((n) => n.where.toLowerCase().includes(wanted)) : [];
      net.selectNodes(found.map((n) => n.id));
      if (found.length) net.fit({ nodes: found.map((n) => n.id), maxZoomLevel: 1.2, animation: { duration: 300 } });
      return found.length;
    },
  };
}
