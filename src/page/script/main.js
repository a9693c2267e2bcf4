// The levels: which one is open, what has been done in it, and what each key does.

const data = JSON.parse(document.getElementById("data").textContent);

/** An open level: the game, or a witness that is stepped through. */
class Stage {
  constructor(level) {
    this.level = level;
    this.game = level.goal === null ? null : new Walk(level);
    /** The index of the witness that is shown; `null` for the game. */
    this.witness = this.game === null ? 0 : null;
    /** The number of steps of the witness that have been taken. */
    this.at = 0;
    this.way = null;
    this.element = make("div", { class: "stage" });
    /** What has just happened; for those who cannot see it, the page says it as well. */
    this.live = make("p", { class: "live", "aria-hidden": "true" });
    const hint = this.game === null ? "Step through the shortest ways." : "Press a thread, and it takes its next step.";
    this.live.textContent = hint;
  }

  get isGame() {
    return this.witness === null;
  }

  /** The walk of what is shown, up to where it stands. */
  get walk() {
    if (this.isGame) return this.game;
    const walk = walkAlong(this.level, this.level.witnesses[this.witness]);
    walk.steps.length = this.at;
    return walk;
  }

  get length() {
    return this.level.witnesses[this.witness].path.length;
  }

  /** Shows and says what has happened. What is on the screen elsewhere is only said. */
  say(text, elsewhere = "") {
    this.live.textContent = text;
    document.getElementById("said").textContent = `${text} ${elsewhere}`;
  }

  /** Says what the last step was, and what it has led to. */
  sayStep() {
    const { walk, level } = this;
    if (walk.steps.length === 0) return this.say("This is the beginning.");
    const row = walk.rows().filter((row) => row.kind === "event").at(-1);
    const who = row.who === "main" ? "the main thread" : row.who;
    const marks = row.marks.map((mark) => `, ${mark}`).join("");
    const objects = walk.state.o.map((text) => level.texts[text]).join("; ");
    const end = this.isGame ? walk.state.x : null;
    const ended = end ? ` The end: ${stopped(level.endings[end.ending].text)}` : "";
    const story = end ? end.story.map((text) => level.texts[text]).join(" ") : "";
    this.say(`Step ${walk.steps.length}, ${who}: ${row.text}${marks}. ${objects ? `Now ${objects}.` : ""}${ended}`, story);
  }

  /** Lets a thread of the game take a step. */
  go(thread, edge) {
    const now = standing(this.level, this.game.state, thread);
    const name = capitalised(this.level.threads[thread].name);
    this.way = null;
    if (edge) {
      this.game.take(edge);
      this.sayStep();
    } else {
      this.say(now?.kind === "waits" ? `${name} cannot go on: it ${now.text}.` : `${name} has ended.`);
    }
    this.render();
  }

  /** Lets a thread go by its key. */
  press(key) {
    const thread = this.level.threads.findIndex((thread) => thread.key === key);
    if (!this.isGame) return this.say("This is a way that is shown: step with the arrow keys, or go back to the game.");
    if (thread < 0 || standing(this.level, this.game.state, thread) === null) return this.say(`No thread has the key ${key}.`);
    const offered = this.game.offered(thread);
    if (offered.length < 2) return this.go(thread, offered[0]);
    this.element.querySelector(`.alternative[data-thread="${thread}"]`).focus();
    this.say("Choose what the step comes to.");
  }

  step(by) {
    if (this.isGame) {
      const done = by < 0 ? this.game.back() : this.game.again();
      if (!done) return this.say(by < 0 ? "This is the beginning: there is nothing to take back." : "Nothing was taken back.");
    } else {
      const at = Math.min(Math.max(this.at + by, 0), this.length);
      if (at === this.at) return this.say(by < 0 ? "This is the beginning." : "This is the end of this way.");
      this.at = at;
    }
    this.way = null;
    this.sayStep();
    this.render();
  }

  restart() {
    if (this.isGame) this.game.restart();
    else this.at = 0;
    this.way = null;
    this.say("This is the beginning.");
    this.render();
  }

  runOn() {
    if (this.isGame) this.game.runOn();
    else this.at = this.length;
    this.way = null;
    this.sayStep();
    this.render();
  }

  /** Shows the game, or the witness of an ending. */
  show(ending) {
    const index = this.level.witnesses.findIndex((witness) => witness.ending === ending);
    this.witness = ending === null ? null : index;
    this.at = 0;
    this.way = null;
    this.say(ending === null ? "Your game." : `The shortest way to ${this.level.endings[ending].text}. Step forward.`);
    this.render();
    this.element.querySelector(".modes [aria-pressed=true]")?.focus({ preventScroll: true });
    this.element.scrollIntoView({ block: "start" });
  }

  showWay(ending) {
    const way = this.game.wayTo(ending);
    const text = this.level.endings[ending].text;
    this.way = way && `The shortest way from here to ${text}: ${inWords(this.level, way)}.`;
    this.say(this.way ?? `No way leads from here to ${text}.`);
    this.render();
  }

  /** Draws everything anew, and keeps the focus where it was. */
  render() {
    const focused = document.activeElement;
    const focus = this.element.contains(focused) ? focused.dataset : {};
    this.element.replaceChildren(this.modes(), this.body());
    const again = focus.focus && this.element.querySelector(`[data-focus="${focus.focus}"]`);
    const ofThread = focus.thread && this.element.querySelector(`.threads [data-thread="${focus.thread}"]`);
    (again || ofThread)?.focus({ preventScroll: true });
    const now = this.element.querySelector(".drawing .now");
    const list = this.element.querySelector(".drawn");
    if (now && list.scrollHeight > list.clientHeight) list.scrollTop = now.offsetTop - list.clientHeight / 2;
    else list.scrollTop = list.scrollHeight;
  }

  modes() {
    const mode = (ending, text) => make("button", {
      type: "button",
      "aria-pressed": `${ending === null ? this.isGame : this.level.witnesses[this.witness]?.ending === ending}`,
      "data-focus": `mode-${ending}`,
      onclick: () => this.show(ending),
    }, text);
    const ways = this.level.witnesses.map(({ ending }) => mode(ending, `how it comes to ${this.level.endings[ending].text}`));
    return make("div", { class: "modes", role: "group", "aria-label": "Play, or step through a shortest way" },
      this.game && mode(null, "your game"), ways);
  }

  controls() {
    const button = (text, focus, onclick, key) => make("button", { type: "button", "data-focus": focus, onclick, "aria-keyshortcuts": key }, text);
    const slider = !this.isGame && make("label", { class: "slider" }, make("span", {}, `step ${this.at} of ${this.length}`),
      make("input", { type: "range", min: "0", max: `${this.length}`, value: `${this.at}`, "data-focus": "slider", oninput: (event) => this.step(Number(event.target.value) - this.at) }));
    return make("div", { class: "controls" },
      button("← back", "back", () => this.step(-1), "ArrowLeft"),
      button(this.isGame ? "again →" : "forward →", "forward", () => this.step(1), "ArrowRight"),
      button("begin again", "restart", () => this.restart(), "r"),
      button("run to the end", "end", () => this.runOn(), "e"),
      slider);
  }

  body() {
    const { level, walk } = this;
    const witness = level.witnesses[this.witness];
    const next = witness && walkAlong(level, witness).steps[this.at]?.edge[THREAD];
    const onGo = this.isGame ? (thread, edge) => this.go(thread, edge) : null;
    const panel = (title, id, ...parts) => make("section", { class: `panel ${id}`, "aria-label": title }, make("h4", {}, title), parts);
    return make("div", { class: "board" }, make("div", { class: "side" },
      panel(this.isGame ? "Who goes next?" : "The threads", "turn", threadCards(level, walk, next, onGo), this.controls(), this.live),
      panel("Shared state", "state", sharedState(level, walk.state)),
      this.isGame && panel("Where it can still end", "chances", countsTable(level, walk, (ending) => this.showWay(ending)), this.way && make("p", { class: "way" }, this.way))),
    make("div", { class: "side" },
      panel(this.isGame ? "What has happened" : `How it comes to ${level.endings[witness.ending].text}`, "drawn-panel", this.drawn(walk, witness)),
      level.code.length > 0 && panel("The code", "source", codePanel(level, walk.state))));
  }

  drawn(walk, witness) {
    const { level } = this;
    if (this.isGame) {
      const rows = walk.rows();
      return [
        make("div", { class: "drawn", tabindex: "0", role: "region", "aria-label": "Drawing", "data-focus": "drawn" }, drawing(level, level.columns, rows, walk.joins(rows), walk.steps.length)),
        walk.state.x && endPanel(level, walk, (ending) => this.show(ending)),
      ];
    }
    const { columns, rows, joins, finale, story } = witness.drawing;
    const isEnd = this.at === this.length;
    const isTooLong = this.length === 0 && rows.length > 0;
    return [
      isTooLong && make("p", { class: "faint" }, "This is too long to be stepped through."),
      make("div", { class: "drawn whole", tabindex: "0", role: "region", "aria-label": "Drawing", "data-focus": "drawn" }, drawing(level, columns, rows, joins, isTooLong ? Infinity : this.at)),
      make("section", { class: "end", "aria-label": "The end" },
        make("h4", {}, finale),
        make("p", { class: "story" }, story.join(" ")),
        make("p", { class: "why" }, `${witness.cost_text}${witness.is_least ? ": no interleaving that ends so has fewer." : "."}`),
        isEnd && make("p", { class: "again" }, "Again: ", make("code", {}, witness.again))),
    ];
  }
}

let stage = null;

function list(title, texts, id) {
  return texts.length > 0 && make("section", { class: id, "aria-label": title },
    make("h3", {}, title), make("ul", {}, texts.map((text) => make("li", {}, text))));
}

/** Opens a level. */
function open(index) {
  const level = data.levels[index];
  stage = new Stage(level);
  const about = [`Level ${index + 1} of ${data.levels.length}`, level.title === level.name ? null : level.name, level.size];
  const link = (to, text) => data.levels[to] && make("a", { href: `#level-${to + 1}` }, text(data.levels[to].title));
  const hasStage = level.states.length > 0 && (stage.game !== null || level.witnesses.length > 0);
  const article = make("article", {},
    make("div", { class: "intro" },
      make("div", {},
        make("p", { class: "about" }, about.filter(Boolean).join(" · ")),
        make("h2", { tabindex: "-1" }, level.title),
        level.lesson && make("p", { class: "lesson" }, sentence(level.lesson)),
        level.goal && make("p", { class: "goal" }, make("strong", {}, level.goal.text))),
      list("Try this", level.tries, "tries")),
    make("section", { class: "playing", "aria-label": "Play" },
      level.no_game && make("p", { class: "no-game" }, `This scenario cannot be played here: ${level.no_game}.`,
        level.witnesses.length > 0 && " The shortest way to each ending is shown instead."),
      hasStage && stage.element),
    make("section", { class: "where", "aria-label": "Where it can end" },
      make("h3", {}, "Where it can end"),
      outcomeTable(level, (ending) => stage.show(ending)), verdictLines(level)),
    list("What it teaches", level.teaches, "teaches"),
    make("p", { class: "onward" }, link(index - 1, (title) => `← ${title}`), " ", link(index + 1, (title) => `Next: ${title} →`)));
  document.getElementById("level").replaceChildren(article);
  document.querySelectorAll("#levels a").forEach((link, at) => {
    if (at === index) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  });
  document.querySelector("#levels [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  document.title = `${level.title} – Selvedge`;
  if (hasStage) stage.render();
  else stage = null;
}

function capitalised(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function sentence(text) {
  return stopped(capitalised(text));
}

/** The index of the level that the address names. */
function addressed() {
  const number = Number(/^#level-(\d+)$/.exec(location.hash)?.[1] ?? 1);
  return number >= 1 && number <= data.levels.length ? number - 1 : 0;
}

function onKey(event) {
  const isTyping = event.target.closest?.("input, select, textarea") !== null && event.target.type !== "checkbox";
  if (!stage || isTyping || event.ctrlKey || event.altKey || event.metaKey || !document.getElementById("keys").checked) return;
  const actions = {
    ArrowLeft: () => stage.step(-1),
    ArrowRight: () => stage.step(1),
    r: () => stage.restart(),
    e: () => stage.runOn(),
  };
  const action = /^\d$/.test(event.key) ? () => stage.press(Number(event.key)) : actions[event.key];
  if (!action) return;
  event.preventDefault();
  action();
}

function begin() {
  const links = data.levels.map((level, index) => make("li", {}, make("a", { href: `#level-${index + 1}` },
    make("span", { class: "level-number", "aria-hidden": "true" }, `${index + 1}`), make("span", {}, level.title))));
  document.getElementById("levels").append(make("ol", { role: "list" }, links));
  document.addEventListener("keydown", onKey);
  addEventListener("hashchange", () => {
    if (!/^#level-\d+$/.test(location.hash)) return;
    open(addressed());
    document.querySelector("#level h2").focus({ preventScroll: true });
    scrollTo({ top: document.getElementById("levels").offsetTop });
  });
  if (data.levels.length > 0) open(addressed());
  if (data.levels.length < 2) document.getElementById("levels").hidden = true;
}

begin();
