// The pages' script: sets mathematics, shows times where the reader is, and holds the practical in place.
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

// Marimo puts each figure into a shadow root of its own.
function within(root, id) {
  const found = root.getElementById?.(id) ?? root.querySelector(`#${CSS.escape(id)}`);
  if (found) return found;
  for (const element of root.querySelectorAll("*")) {
    const inner = element.shadowRoot && within(element.shadowRoot, id);
    if (inner) return inner;
  }
  return null;
}

function holdPractical(frame) {
  addEventListener("message", (event) => {
    const fits = event.origin === location.origin && event.source === frame.contentWindow;
    if (fits && event.data?.vitreous === "height" && Number.isFinite(event.data.height)) {
      frame.style.height = `${Math.max(320, Math.min(event.data.height, 60000))}px`;
    }
  });
  for (const link of document.querySelectorAll("a[data-figure]")) {
    link.addEventListener("click", (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      const figure = frame.contentDocument && within(frame.contentDocument, `figure-${link.dataset.figure}`);
      if (!figure) {
        // not drawn yet: scrolling there makes the frame load, and the next click finds it
        if (frame.contentDocument?.readyState === "complete" && frame.contentDocument.URL !== "about:blank") return;
        event.preventDefault();
        frame.scrollIntoView();
        return;
      }
      event.preventDefault();
      const top = figure.getBoundingClientRect().top + frame.getBoundingClientRect().top + scrollY - 24;
      scrollTo({ top, behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth" });
      figure.focus?.({ preventScroll: true });
    });
  }
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
