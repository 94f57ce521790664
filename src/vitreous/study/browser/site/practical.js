// The page around a practical: links to its figures, long lines in reach of the keyboard, and its height for the meeting
// page that frames it.

import { within } from "./shadow.js";

function scrollToLinked() {
  const id = decodeURIComponent(location.hash.slice(1));
  if (!id.startsWith("figure-")) return;
  const started = performance.now();
  let still = 0, last = NaN;
  const look = () => {
    const top = within(document, id)?.getBoundingClientRect().top;
    if (top !== undefined) {
      // what stands above is still being drawn: follow until it rests
      still = Math.abs(top - last) < 1 ? still + 1 : 0;
      window.scrollBy({ top: top - 24, behavior: "instant" });
      last = 24;
    }
    if (still < 5 && performance.now() - started < 8000) setTimeout(look, 100);
  };
  const given = () => { still = Infinity; };
  for (const name of ["wheel", "touchstart", "keydown", "pointerdown"]) addEventListener(name, given, { once: true, passive: true });
  look();
}
scrollToLinked();
addEventListener("hashchange", scrollToLinked);

// What scrolls sideways can be scrolled from the keyboard only where it takes the focus.
function reach() {
  for (const long of document.querySelectorAll(".markdown > marimo-tex, .markdown :is(.paragraph, table, pre)")) {
    if (long.scrollWidth > long.clientWidth) long.tabIndex = 0;
    else long.removeAttribute("tabindex");
  }
}
new ResizeObserver(reach).observe(document.body);

// By itself the practical is a page whose one landmark marimo does not name.
function nameMain() {
  const app = document.getElementById("App");
  if (app) app.setAttribute("role", "main");
  else requestAnimationFrame(nameMain);
}

if (window.parent === window) nameMain();
else {
  let told = 0;
  const tell = () => {
    const height = Math.ceil(document.body.getBoundingClientRect().height);
    if (height !== told && height > 0) window.parent.postMessage({ vitreous: "height", height }, location.origin);
    told = height;
  };
  new ResizeObserver(tell).observe(document.body);
}
