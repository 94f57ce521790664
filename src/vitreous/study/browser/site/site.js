// The pages' script: sets mathematics, shows times where the reader is, and holds the practical in place.
import { within } from "./shadow.js";
import katex from "katex";

const LOCALE = undefined; // the browser's own

function setMathematics(root) {
  for (const element of root.querySelectorAll(".math")) {
    const tex = element.textContent;
    const block = element.classList.contains("block");
    try {
      katex.render(tex, element, { displayMode: block, output: "htmlAndMathml", throwOnError: true, strict: "ignore" });
      if (block) element.tabIndex = element.scrollWidth > element.clientWidth ? 0 : -1;
    } catch (error) {
      element.textContent = tex;
      element.title = error.message;
      console.error(`mathematics: ${error.message}`);
    }
  }
}

function showOwnTimes() {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const city = own.split("/").pop().replaceAll("_", " ");
  for (const time of document.querySelectorAll("time[data-zone]")) {
    if (time.dataset.zone === own) continue;
    const shown = new Intl.DateTimeFormat(LOCALE, { weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" });
    const line = document.createElement("span");
    line.className = "yours";
    line.textContent = `${shown.format(new Date(time.dateTime))} ${city}`;
    time.parentElement.append(line);
  }
  for (const note of document.querySelectorAll("[data-own-zone]")) {
    note.querySelector("b").textContent = own;
    note.hidden = false;
  }
}

const SHORTEST = 700; // pixels: a practical that has only begun to draw does not pull the page up
const LONGEST = 60000;

function holdPractical(frame) {
  addEventListener("message", (event) => {
    const fits = event.origin === location.origin && event.source === frame.contentWindow;
    if (fits && event.data?.vitreous === "height" && Number.isFinite(event.data.height)) {
      frame.style.height = `${Math.min(Math.max(event.data.height, SHORTEST), LONGEST)}px`;
    }
  });
  for (const link of document.querySelectorAll("a[data-figure]")) {
    link.addEventListener("click", (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      showFigure(frame, `figure-${link.dataset.figure}`, () => location.assign(link.href));
    });
  }
}

// Brings a figure of the framed practical into view, and follows it while what stands above is still being drawn.
function showFigure(frame, id, missing) {
  frame.scrollIntoView({ behavior: "instant" });
  const started = performance.now();
  let still = 0, last = NaN, stopped = false;
  const stop = () => { stopped = true; };
  for (const name of ["wheel", "touchstart", "keydown", "pointerdown"]) addEventListener(name, stop, { once: true, passive: true });
  const look = () => {
    const figure = frame.contentDocument && within(frame.contentDocument, id);
    const waited = performance.now() - started;
    if (figure) {
      const top = figure.getBoundingClientRect().top + frame.getBoundingClientRect().top;
      still = Math.abs(top - last) < 1 ? still + 1 : 0;
      scrollBy({ top: top - 24, behavior: "instant" });
      last = 24;
    } else if (waited > 12000) {
      missing();
      return;
    }
    if (!stopped && still < 8 && waited < 12000) setTimeout(look, 120);
  };
  look();
}

function followContents(contents) {
  const links = new Map([...contents.querySelectorAll("a")].map((link) => [decodeURIComponent(link.hash.slice(1)), link]));
  const sections = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
  const mark = () => {
    const passed = sections.filter((section) => section.getBoundingClientRect().top < innerHeight * 0.35);
    const current = (passed.at(-1) ?? sections[0])?.id;
    for (const [id, link] of links) {
      if (id === current) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };
  let waiting = false;
  addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; mark(); });
  }, { passive: true });
  mark();
}

setMathematics(document);
showOwnTimes();
for (const frame of document.querySelectorAll("iframe.frame")) holdPractical(frame);
for (const contents of document.querySelectorAll(".contents")) followContents(contents);
addEventListener("keydown", (event) => {
  if (event.key === "/" && !event.target.closest("input, textarea, select, [contenteditable]")) {
    event.preventDefault();
    document.getElementById("find")?.focus();
  }
});
