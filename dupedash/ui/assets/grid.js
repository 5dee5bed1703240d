// A grid of thumbnails: lazy images, click or Space selects, arrow keys move. All texts are set as text.
const state = new WeakMap();

export default function ({ data, parentElement, setStateValue }) {
  const grid = parentElement.querySelector(".grid");
  const own = state.get(grid) || { version: null, selected: new Set() };
  state.set(grid, own);
  own.tell = () => setStateValue("selected", [...own.selected]);
  if (own.version === data.version) return;
  own.version = data.version;
  own.selected = new Set(data.selected);
  grid.replaceChildren(...data.items.map((item) => cell(item, own, data.selectable)));
  grid.onkeydown = (event) => move(event, grid);
}

function cell(item, own, selectable) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "cell";
  button.title = item.title;
  const image = document.createElement("img");
  image.loading = "lazy";
  image.alt = item.name;
  image.src = item.url;
  const words = document.createElement("div");
  words.className = "words";
  words.append(line("name", item.name), line("note", item.note));
  button.append(image, words, line("mark", ""));
  if (selectable) {
    button.setAttribute("aria-pressed", String(own.selected.has(item.id)));
    button.onclick = () => {
      const on = !own.selected.has(item.id);
      own.selected[on ? "add" : "delete"](item.id);
      button.setAttribute("aria-pressed", String(on));
      own.tell();
    };
  }
  return button;
}

function line(name, text) {
  const element = document.createElement("div");
  element.className = name;
  element.textContent = text;
  return element;
}

function move(event, grid) {
  const cells = [...grid.children], at = cells.indexOf(event.target.closest(".cell"));
  const across = getComputedStyle(grid).gridTemplateColumns.split(" ").length;
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -across, ArrowDown: across }[event.key];
  if (step === undefined || at < 0) return;
  cells[at + step]?.focus();
  event.preventDefault();
}
