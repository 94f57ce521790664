// Settings in the address: ?figure.control=value, which Python reads when the practical starts.

const plain = (value) => {
  if (typeof value === "boolean") return value ? "1" : "0";
  if (typeof value === "number") return `${Number(value.toPrecision(7))}`;
  if (!Array.isArray(value)) return value;
  return value.map((item) => (Array.isArray(item) ? item.map(plain).join(",") : plain(item))).join(Array.isArray(value[0]) ? ";" : ",");
};

// Only what differs from rest is written.
export function remember(spec, values) {
  const address = new URL(window.location.href);
  for (const [name, rest] of Object.entries(spec.rest)) {
    const key = `${spec.name}.${name}`;
    const text = plain(values[name]);
    if (text === plain(rest)) address.searchParams.delete(key);
    else address.searchParams.set(key, text);
  }
  if (address.href !== window.location.href) history.replaceState(history.state, "", address);
}

export function link(spec) {
  const address = new URL(window.location.href);
  address.hash = `figure-${spec.name}`;
  return address.href;
}
