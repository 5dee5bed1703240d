// The keys of a page. What is pressed while the page is drawn anew waits until it stands, so that no press is
// lost and each reaches the buttons that are seen. One that is held down counts once.
const known = new WeakMap();
const LOOK_MS = 30;  // between two looks at whether the page stands
const PATIENCE_MS = 10_000;  // a page that was not drawn by then is not waited for
const OPEN = "[role=dialog], [role=listbox], [role=menu]";

export default function ({ data, parentElement }) {
  const host = parentElement.querySelector(".keys");
  const own = known.get(host) ?? { queue: [], clicked: null };
  known.set(host, own);
  own.buttons = data.buttons;
  if (own.turn !== data.turn) own.clicked = null;
  own.turn = data.turn;
  own.stop?.();
  const pressed = (event) => hold(event, own);
  window.addEventListener("keydown", pressed, true);
  own.stop = () => window.removeEventListener("keydown", pressed, true);
  return own.stop;
}

function hold(event, own) {
  const key = nameOf(event);
  if (!(key in own.buttons) || typing(event, key) || document.querySelector(OPEN)) return;
  event.preventDefault();
  event.stopPropagation();
  if (event.repeat) return;
  own.queue.push(key);
  own.timer ??= setInterval(() => drain(own), LOOK_MS);
  drain(own);
}

// Digits by their place on the keyboard: with Shift, and in some countries without, they are other characters.
function nameOf(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return "";
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1];
  if (digit) return (event.shiftKey ? "shift+" : "") + digit;
  return event.shiftKey ? "" : event.key.toLowerCase();
}

// A slider takes the arrows only, and no letter.
function typing(event, key) {
  const at = event.composedPath()[0];
  if (at.type === "range" || at.role === "slider") return key.startsWith("arrow");
  return at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName) && !/^(checkbox|radio|button)$/.test(at.type);
}

function drain(own) {
  if (busy(own)) return;
  const key = own.queue.shift();
  if (key) {
    const button = document.querySelector(`[class*="st-key-${own.buttons[key]}"] button:not([disabled])`);
    if (button) own.clicked = performance.now();
    button?.click();
  }
  if (!own.queue.length) own.timer = clearInterval(own.timer);
}

function busy(own) {
  if (own.clicked !== null && performance.now() - own.clicked < PATIENCE_MS) return true;
  const state = document.querySelector("[data-testid=stApp]")?.dataset.testScriptState;
  return state !== undefined && state !== "notRunning";
}
