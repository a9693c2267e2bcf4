// Draws rows: a column for each thread, time downwards, and the lines at the left that join rows.

/** Makes an element. Children are elements or text; text is never taken for HTML. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** The class that gives a thread its colour and its pattern. */
function colour(level, thread) {
  const main = level.threads.length - 1;
  return thread === null || thread === main ? "thread-main" : `thread-${(thread % 6) + 1}`;
}

/** A drawing of rows. `now` is the number of the last step that has been taken; later rows are faint. */
function drawing(level, columns, rows, joins, now) {
  const lanes = lanesOf(joins);
  const list = make("ol", { class: "drawing", role: "list", style: `--columns: ${Math.max(columns.length, 1)}; --lanes: ${lanes.length}` });
  list.append(head(level, columns));
  let previous = 0;
  rows.forEach((row, index) => {
    const isLater = row.kind === "event" || row.kind === "fold" ? row.steps[0] > now : row.steps[1] > now || previous > now;
    previous = row.steps[1];
    const isNow = !isLater && now > 0 && row.steps[1] >= now && row.steps[0] <= now && row.kind !== "link" && row.kind !== "stuck";
    list.append(rowElement(level, columns, row, index, lanes, { isLater, isNow }));
  });
  if (rows.length === 0) list.append(make("li", { class: "nothing" }, "Nothing has happened yet."));
  return list;
}

function head(level, columns) {
  const names = columns.map((thread) =>
    make("span", { class: `name ${colour(level, thread)}` }, level.threads[thread].name));
  return make("li", { class: "row head", "aria-hidden": "true" }, make("span", { class: "number" }), gutter([], -1), names);
}

function rowElement(level, columns, row, index, lanes, { isLater, isNow }) {
  const place = columns.indexOf(row.column);
  const [first, last] = row.steps;
  const number = row.kind === "event" ? `${first}` : row.kind === "fold" ? `${first}–${last}` : "";
  const warps = columns.map((thread, column) =>
    make("span", { class: `warp ${colour(level, thread)}`, style: `--at: ${column}`, "aria-hidden": "true" }));
  const marks = row.marks.map((mark) => make("span", { class: `mark ${markClass(mark)}` }, mark));
  const cell = make("span",
    { class: `cell ${place < 0 ? "across" : ""} ${colour(level, row.column)}`, style: `--at: ${Math.max(place, 0)}` },
    make("span", { class: "who" }, `${row.who}: `),
    make("code", {}, row.text), " ",
    row.place && make("span", { class: "place" }, row.place),
    marks.flatMap((mark) => [" ", mark]));
  return make("li",
    { class: `row ${row.kind} ${isLater ? "later" : ""} ${isNow ? "now" : ""}`, "aria-current": isNow ? "step" : null },
    make("span", { class: "number" }, number), gutter(lanes, index), warps, cell);
}

/** Distributes joins over lanes, so that those in one lane do not meet. */
function lanesOf(joins) {
  const lanes = [];
  for (const join of joins) {
    const [first, last] = [join.rows[0], join.rows.at(-1)];
    const free = lanes.find((lane) => lane.every((other) => other.rows.at(-1) < first || last < other.rows[0]));
    if (free) free.push(join);
    else lanes.push([join]);
  }
  return lanes;
}

/** The part of the joining lines that is in one row. */
function gutter(lanes, index) {
  const parts = lanes.map((lane) => {
    const join = lane.find((join) => join.rows[0] <= index && index <= join.rows.at(-1));
    if (!join) return make("span", { class: "lane" });
    const classes = ["lane", "line", join.kind.replaceAll(" ", "-")];
    if (join.rows[0] === index) classes.push("top");
    if (join.rows.at(-1) === index) classes.push("bottom");
    if (join.rows.includes(index)) classes.push("knot");
    return make("span", { class: classes.join(" "), title: join.kind });
  });
  return make("span", { class: "gutter", "aria-hidden": "true" }, parts);
}

function markClass(mark) {
  return mark.startsWith("preempts") ? "preempts" : "remarkable";
}
