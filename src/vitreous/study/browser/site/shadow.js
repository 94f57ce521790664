// Marimo puts each figure into a shadow root of its own, where the browser does not look for the address's #figure-name.
export function within(root, id) {
  const found = root.getElementById?.(id) ?? root.querySelector(`#${CSS.escape(id)}`);
  if (found) return found;
  for (const element of root.querySelectorAll("*")) {
    const inner = element.shadowRoot && within(element.shadowRoot, id);
    if (inner) return inner;
  }
  return null;
}
