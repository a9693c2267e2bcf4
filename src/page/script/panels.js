// The panels around a drawing: threads, shared state, counts, code, and the end.

/** The cards of the threads. `onGo` is called with a step that is taken; without it nothing can be pressed. */
function threadCards(level, walk, next, onGo) {
  const cards = level.threads.map((thread, index) => {
    const now = standing(level, walk.state, index);
    if (now === null) return null;
    const key = thread.key === null ? null : make("kbd", {}, `${thread.key}`);
    const name = make("strong", {}, thread.name);
    const isNext = next === index;
    const does = now.kind === "ready" ? `next: ${now.text}` : now.text;
    const text = make("span", { class: "does" }, does, " ", now.place && make("span", { class: "place" }, now.place));
    const parts = [make("span", { class: "who-goes" }, onGo && key, " ", name, isNext && make("em", {}, "goes next")), " ", text];
    const isChoice = now.alternatives.length > 0;
    const attributes = { class: `card ${colour(level, index)} ${now.kind} ${isNext ? "goes-next" : ""}` };
    if (!onGo || isChoice) {
      const choices = onGo && walk.offered(index).map((edge) =>
        make("button", { type: "button", class: "alternative", "data-thread": index, "data-focus": `thread-${index}-${edge[ALTERNATIVE]}`, onclick: () => onGo(index, edge) },
          now.alternatives[edge[ALTERNATIVE]]));
      return make("li", {}, make("div", attributes, parts, choices && make("span", { class: "alternatives" }, choices)));
    }
    const press = () => onGo(index, walk.offered(index)[0]);
    const button = make("button",
      { ...attributes, type: "button", "data-thread": index, "data-focus": `thread-${index}`, "aria-disabled": now.kind === "ready" ? null : "true", onclick: press },
      parts);
    return make("li", {}, button);
  });
  return make("ul", { class: "threads", role: "list" }, cards);
}

function sharedState(level, state) {
  const objects = state.o.map((text) => make("li", {}, make("code", {}, level.texts[text])));
  const none = make("li", { class: "faint" }, "nothing is in use");
  return make("ul", { class: "objects", role: "list" }, objects.length > 0 ? objects : none);
}

/** How many of the interleavings from here lead where. */
function countsTable(level, walk, onWay) {
  const counts = walk.state.c;
  const all = counts.reduce((sum, more) => sum + more, 0);
  const rows = level.endings.map((ending, index) => {
    if (counts[index] === 0 && level.states[0].c[index] === 0) return null;
    const share = all === 0 ? 0 : counts[index] / all;
    return make("tr", { class: counts[index] === 0 ? "faint" : "" },
      make("th", { scope: "row" }, ending.text),
      make("td", { class: "count" }, counts[index].toLocaleString("en")),
      make("td", { class: "share" }, percent(share)),
      make("td", { class: "bar", "aria-hidden": "true" }, make("span", { style: `inline-size: ${share * 100}%` })),
      make("td", {}, onWay && counts[index] > 0 && walk.state.x === undefined &&
        make("button", { type: "button", class: "small", onclick: () => onWay(index), "aria-label": `Hint: the shortest way from here to ${ending.text}` }, "hint")));
  });
  return make("table", { class: "counts" },
    make("caption", {}, walk.steps.length === 0 ? `Of ${count(all, "interleaving")} in all:` : `Of ${count(all, "interleaving")} from here on:`),
    make("thead", { class: "hidden" }, make("tr", {}, ["ends at", "interleavings", "share", "", "hint"].map((name) => make("th", { scope: "col" }, name)))),
    make("tbody", {}, rows));
}

/** A share in percent, never rounded to all or nothing. */
function percent(share) {
  if (share === 0 || share === 1) return `${share * 100} %`;
  return share < 0.01 ? "< 1 %" : share > 0.99 ? "> 99 %" : `${Math.round(share * 100)} %`;
}

/** The source, with the line of each thread's next step marked. */
function codePanel(level, state) {
  const isHere = (thread, excerpt, line) => {
    const next = standing(level, state, thread);
    return next?.at && next.kind !== "ended" && next.at[0] === excerpt.file && next.at[1] === line;
  };
  return level.code.map((excerpt, part) => {
    const lines = excerpt.lines.map((text, index) => {
      const line = excerpt.first + index;
      const here = [...level.threads.keys()].filter((thread) => isHere(thread, excerpt, line));
      const tags = here.map((thread) => make("span", { class: `tag ${colour(level, thread)}` }, level.threads[thread].short));
      return make("li", { class: here.length > 0 ? "here" : "" },
        make("span", { class: "line", "aria-hidden": "true" }, `${line}`), make("code", {}, text || " "), tags.flatMap((tag) => [" ", tag]));
    });
    const isNew = excerpt.file !== level.code[part - 1]?.file;
    return make("figure", { class: "code" },
      isNew && make("figcaption", {}, excerpt.file), make("ol", { role: "list", tabindex: "0", "aria-label": `Lines of ${excerpt.file}` }, lines));
  });
}

/** The text with a full stop, unless it ends with a mark already. */
function stopped(text) {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** Tells how the game has ended, and how it compares with the shortest way. */
function endPanel(level, walk, onShow) {
  const { ending: index, story } = walk.state.x;
  const ending = level.endings[index];
  const verdict = !ending.is_goal ? "Not this time." : ending.is_forbidden ? "You have broken it!" : "You have done it!";
  const title = `The end: ${ending.is_failure ? "" : "outcome "}${stopped(ending.text)}`;
  return make("section", { class: `end ${ending.is_goal ? "reached" : ""}`, "aria-label": "The end" },
    make("h4", {}, title, " ", make("span", { class: "verdict" }, verdict)),
    make("p", { class: "story" }, story.map((text) => level.texts[text]).join(" ")),
    make("p", { class: "why" }, `${ending.says} ${stopped(ending.reason)}`),
    comparison(level, walk, index, onShow));
}

/** Compares the player's way with the shortest one; if the goal is missed, offers a way to it. */
function comparison(level, walk, index, onShow) {
  const took = `You took ${costInWords(walk.cost)}. `;
  const goals = level.endings.map((_, goal) => goal).filter((goal) => level.endings[goal].is_goal);
  const show = (ending, text) => level.witnesses.some((witness) => witness.ending === ending) &&
    make("button", { type: "button", class: "small", onclick: () => onShow(ending) }, text);
  if (!level.endings[index].is_goal) {
    const all = level.states[0].c[index];
    if (goals.length === 0) {
      return make("p", {}, took, `No other ending is possible: ${count(all, "interleaving")}, and ${all === 1 ? "it ends" : "all end"} like this.`);
    }
    return make("p", {}, took, "It can be done otherwise. ", goals.map((goal) => [show(goal, `Show the shortest way to ${level.endings[goal].text}`), " "]));
  }
  const witness = level.witnesses.find((witness) => witness.ending === index);
  if (!witness || compareCosts(walk.cost, witness.cost) <= 0) {
    return make("p", {}, took, witness?.is_least ? "It cannot be done with less." : "");
  }
  return make("p", {}, took, `The shortest way there takes ${witness.cost_text}. `, show(index, "Show it"));
}

function outcomeTable(level, onShow) {
  const hasCounts = level.goal !== null;
  const rows = level.endings.map((ending, index) => make("tr", { class: ending.is_forbidden || ending.is_missing ? "bad" : "" },
    make("th", { scope: "row" }, ending.text),
    make("td", {}, ending.is_missing ? `${ending.expectation}, missing` : ending.expectation),
    make("td", { class: "count" }, ending.executions.toLocaleString("en")),
    hasCounts && make("td", { class: "count" }, level.states[0].c[index].toLocaleString("en")),
    make("td", { class: "reason" }, ending.reason),
    make("td", {}, level.witnesses.some((witness) => witness.ending === index)
      ? make("button", { type: "button", class: "small", onclick: () => onShow(index), "aria-label": `Show how it comes to ${ending.text}` }, "show how")
      : ending.no_witness)));
  const columns = ["ends at", "expected", "executions", hasCounts && "interleavings", "why", "the shortest way"];
  return make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Where it can end" },
    make("table", { class: "outcomes" },
      make("thead", {}, make("tr", {}, columns.filter(Boolean).map((name) => make("th", { scope: "col" }, name)))),
      make("tbody", {}, rows)));
}

/** The verdict, and what it says. */
function verdictLines(level) {
  const meaning = {
    proved: "Proved is said of the whole table: these are all the endings that there are, and each of them can happen.",
    bounded: "What was explored is as expected. What the bound leaves out was not explored.",
  };
  return level.verdicts.map((verdict) => make("p", { class: `verdict-line ${verdict.is_as_expected ? "" : "bad"}` },
    make("strong", {}, `${verdict.engine}: ${verdict.kind}`), ` – ${verdict.extent}. `, meaning[verdict.kind] ?? ""));
}
