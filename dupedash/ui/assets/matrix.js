// The scores of every two members as a table of coloured cells; a click compares the two.
const known = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const host = parentElement.querySelector(".matrix");
  const own = known.get(host) ?? {};
  known.set(host, own);
  own.tell = (pair) => setTriggerValue("clicked", pair);
  if (own.version === data.version) return;
  own.version = data.version;
  const table = document.createElement("table"), head = document.createElement("tr");
  head.append(document.createElement("td"), ...data.names.map((name, n) => headCell(n + 1, name, "col")));
  table.append(head, ...data.names.map((name, row) => line(data, name, row, own)));
  host.replaceChildren(table);
}

function line(data, name, row, own) {
  const tr = document.createElement("tr");
  tr.append(headCell(`${row + 1}  ${name}`, name, "row"));
  data.names.forEach((other, column) => {
    const td = document.createElement("td");
    if (row !== column) td.append(cell(data, row, column, own));
    tr.append(td);
  });
  return tr;
}

function cell(data, row, column, own) {
  const found = data.scores[row][column], button = document.createElement("button");
  button.type = "button";
  button.textContent = found ? found.score.toFixed(2) : "·";
  button.title = `${data.names[row]}\n${data.names[column]}\n${found ? found.why : "no direct match"}`;
  button.className = found ? (found.bridge ? "bridge" : "match") : "none";
  if (found) button.style.setProperty("--heat", Math.max(0, Math.min(1, (found.score - 0.5) / 0.5)).toFixed(3));
  const pair = [data.ids[row], data.ids[column]];
  if (data.pair.includes(pair[0]) && data.pair.includes(pair[1])) button.classList.add("now");
  button.onclick = () => own.tell(pair);
  return button;
}

function headCell(text, title, scope) {
  const th = document.createElement("th");
  th.scope = scope;
  th.textContent = text;
  th.title = title;
  return th;
}
