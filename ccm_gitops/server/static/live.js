// The live pages: buttons and dialogs call the REST API; the page renews itself when the server says so.
"use strict";
(() => {
  const API = "/api/scheduler";
  const find = (id) => document.getElementById(id);

  function say(text, isBad = false) {
    const said = find("said");
    said.textContent = text;
    said.classList.toggle("poor", isBad);
    said.hidden = false;
    clearTimeout(say.timer);
    say.timer = setTimeout(() => { said.hidden = true; }, 8000);
  }

  function logIn() {
    const dialog = find("login-dialog");
    const form = dialog.querySelector("form");
    return new Promise((done) => {
      form.onsubmit = async (event) => {
        event.preventDefault();
        const answer = await fetch("/scheduler/login", { method: "POST", body: new URLSearchParams(new FormData(form)) });
        if (!answer.ok) { complain(form, "That is not the token."); return; }
        form.reset();
        done(true);
        dialog.close();
      };
      dialog.onclose = () => done(false);
      dialog.showModal();
    });
  }

  async function call(method, path, body, headers = {}) {
    const options = { method, headers: { ...headers, ...(body && { "content-type": "application/json" }) }, body: body && JSON.stringify(body) };
    const answer = await fetch(path, options);
    if (answer.status === 401 && await logIn()) return call(method, path, body, headers);
    const data = await answer.json();
    if (!answer.ok) throw new Error([data.detail ?? data.title, ...(data.errors ?? []).map((e) => `${e.where}: ${e.message}`)].join("\n"));
    return { data, etag: answer.headers.get("etag") };
  }

  async function renew() {
    const answer = await fetch(location.pathname);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const focused = document.activeElement?.dataset ?? {};
    document.querySelector("main").replaceChildren(...page.querySelector("main").childNodes);
    document.querySelector("footer").replaceChildren(...page.querySelector("footer").childNodes);
    document.dispatchEvent(new Event("ccm:update"));
    if (focused.action) {
      const id = focused.task ?? focused.webhook ?? focused.execution;
      [...document.querySelectorAll(`[data-action="${focused.action}"]`)].find((b) => (b.dataset.task ?? b.dataset.webhook ?? b.dataset.execution) === id)?.focus();
    }
  }

  function complain(form, text) {
    const notice = form.querySelector(".notice");
    notice.textContent = text;
    notice.hidden = !text;
  }

  const chosen = (form, name) => form.elements[name].value;

  function show(form) {
    for (const part of form.querySelectorAll("[data-for]")) part.hidden = part.dataset.for !== chosen(form, "scheduleType");
    const type = form.dataset.taskType || chosen(form, "taskType");
    for (const part of form.querySelectorAll("[data-type]")) part.hidden = part.dataset.type !== type;
  }

  async function preview(form) {
    const query = new URLSearchParams({ cronExpression: chosen(form, "cronExpression") });
    const answer = await fetch(`${API}/preview?${query}`);
    const data = await answer.json();
    form.elements.preview.value = answer.ok ? data.words : data.detail ?? "not a cron expression";
  }

  function taskBody(form) {
    const type = form.dataset.taskType || chosen(form, "taskType");
    const schedule = chosen(form, "scheduleType");
    const list = chosen(form, "projectFilter").split(",").map((part) => part.trim()).filter(Boolean);
    const body = {
      name: chosen(form, "name"), scheduleType: schedule || undefined,
      projectFilter: list.length ? list : null, machineId: chosen(form, "machineId") || null,
      notifyOnFailure: form.elements.notifyOnFailure.checked, notifyOnSuccess: form.elements.notifyOnSuccess.checked,
      webhookIds: [...form.querySelectorAll("[data-webhooks] input:checked")].map((box) => box.value),
    };
    if (!form.dataset.taskType) body.taskType = type;
    if (schedule === "cron") body.cronExpression = chosen(form, "cronExpression");
    if (schedule === "interval") body.intervalMinutes = Number(chosen(form, "intervalMinutes"));
    if (schedule === "threshold") Object.assign(body, { thresholdMetric: chosen(form, "thresholdMetric"), thresholdOperator: chosen(form, "thresholdOperator"), thresholdValue: Number(chosen(form, "thresholdValue")) });
    if (type === "optimize") {
      const least = chosen(form, "autoApply");
      body.taskConfig = { strategy: chosen(form, "strategy"), dryRun: form.elements.dryRun.checked, autoApply: least === "" ? null : { minTokensSaved: Number(least) } };
    }
    return body;
  }

  function fill(form, values) {
    for (const [name, value] of Object.entries(values)) {
      const element = form.elements[name];
      if (!element || value === null || value === undefined) continue;
      if (element.type === "checkbox") element.checked = value; else element.value = value;
    }
  }

  async function offerChoices(form) {
    const [{ data: hooks }, { data: places }] = await Promise.all([call("GET", `${API}/webhooks`), call("GET", "/api/context/projects")]);
    form.querySelector("[data-webhooks]").replaceChildren(...hooks.webhooks.map((hook) => {
      const label = document.createElement("label");
      const box = document.createElement("input");
      box.type = "checkbox";
      box.value = hook.id;
      label.append(box, ` ${hook.name}`);
      return label;
    }));
    find("project-ids").replaceChildren(...places.projects.map(({ id }) => new Option(id, id)));
  }

  function open(id, title, button, save) {
    const dialog = find(id);
    const form = dialog.querySelector("form");
    dialog.querySelector("h2").textContent = title;
    dialog.querySelector('[type="submit"]').textContent = button;
    complain(form, "");
    form.onsubmit = async (event) => {
      event.preventDefault();
      try { await save(form); dialog.close(); renew(); } catch (error) { complain(form, error.message); }
    };
    dialog.showModal();
    return form;
  }

  async function taskDialog(id) {
    const form = find("task-dialog").querySelector("form");
    form.reset();
    const { data: task, etag } = id ? await call("GET", `${API}/tasks/${id}`) : { data: null };
    await offerChoices(form);
    form.dataset.taskType = task?.taskType ?? "";
    form.querySelector("[data-new]").hidden = Boolean(task);
    if (task) {
      fill(form, { ...task, ...task.taskConfig, autoApply: task.taskConfig.autoApply?.minTokensSaved, projectFilter: task.projectFilter?.join(", ") });
      for (const box of form.querySelectorAll("[data-webhooks] input")) box.checked = task.webhookIds.includes(box.value);
      // A schedule of another kind is written in the file: nothing chosen leaves it as it is.
      for (const radio of form.elements.scheduleType) radio.checked = radio.value === task.scheduleType;
    }
    show(form);
    preview(form);
    open("task-dialog", task ? `Edit ${task.name}` : "Create scheduled task", task ? "Save" : "Create task", async () => {
      if (task) await call("PATCH", `${API}/tasks/${id}`, taskBody(form), { "if-match": etag });
      else await call("POST", `${API}/tasks`, taskBody(form));
      say(task ? "Saved." : "The task is in the file.");
    });
  }

  async function webhookDialog(id) {
    const form = find("webhook-dialog").querySelector("form");
    form.reset();
    const { data: hook, etag } = id ? await call("GET", `${API}/webhooks/${id}`) : { data: null };
    if (hook) {
      fill(form, { name: hook.name, webhookType: hook.webhookType, allowPrivate: hook.allowPrivate });
      for (const box of form.querySelectorAll('[name="eventTypes"]')) box.checked = hook.eventTypes?.includes(box.value) ?? false;
    }
    form.elements.webhookUrl.placeholder = hook ? hook.webhookUrl : "${SLACK_WEBHOOK_URL}";
    open("webhook-dialog", hook ? `Edit ${hook.name}` : "Add webhook", hook ? "Save" : "Add webhook", async () => {
      const events = [...form.querySelectorAll('[name="eventTypes"]:checked')].map((box) => box.value);
      const body = { name: chosen(form, "name"), webhookType: chosen(form, "webhookType"), eventTypes: events.length ? events : null, allowPrivate: form.elements.allowPrivate.checked };
      if (chosen(form, "webhookUrl")) body.webhookUrl = chosen(form, "webhookUrl");
      const { data } = hook ? await call("PATCH", `${API}/webhooks/${id}`, body, { "if-match": etag }) : await call("POST", `${API}/webhooks`, body);
      say(data.setVariable ? `Put the address into ${data.setVariable} for every other runner, and for this one's next start.` : "Saved.");
    });
  }

  // The rows of a unified diff, side by side: what goes stands beside what comes.
  function sideBySide(diff) {
    const rows = [];
    let gone = [], added = [];
    const flush = () => {
      for (let i = 0; i < Math.max(gone.length, added.length); i++) rows.push([gone[i], added[i]]);
      gone = []; added = [];
    };
    for (const line of diff.split("\n")) {
      if (/^(diff --git|index |new file|deleted file|--- |\+\+\+ |\\)/.test(line)) { flush(); if (line.startsWith("+++ ")) rows.push([line.slice(4).replace(/^b\//, ""), null]); }
      else if (line.startsWith("@@")) { flush(); rows.push([line, null]); }
      else if (line.startsWith("-")) gone.push(line.slice(1));
      else if (line.startsWith("+")) added.push(line.slice(1));
      else { flush(); if (line) rows.push([line.slice(1), line.slice(1), true]); }
    }
    flush();
    return rows;
  }

  function diffTable(diff) {
    const box = document.createElement("div");
    box.className = "diff";
    box.tabIndex = 0;
    const table = box.appendChild(document.createElement("table"));
    for (const [before, after, isSame] of sideBySide(diff)) {
      const row = table.insertRow();
      for (const [text, kind] of [[before, "gone"], [after, "new"]]) {
        const cell = row.insertCell();
        cell.textContent = text ?? "";
        if (after === null) cell.className = "place";
        else if (!isSame && text !== undefined) cell.className = kind;
      }
    }
    return box;
  }

  const fits = (id, patterns) => !patterns || patterns.some((p) => new RegExp(`^${p.replace(/[.+^${}()|\\]/g, "\\$&").replaceAll("*", ".*").replaceAll("?", ".")}$`).test(id));

  async function previewDialog(id) {
    const { data: task } = await call("GET", `${API}/tasks/${id}`);
    const { data: places } = await call("GET", "/api/context/projects");
    const parts = [];
    for (const project of places.projects.filter((place) => fits(place.id, task.projectFilter))) {
      const { data } = await call("POST", "/api/context/optimize", { projectId: project.id, strategy: task.taskConfig.strategy });
      const title = document.createElement("h3");
      title.textContent = `${project.id}: ${data.tokensSaved ? `${data.tokensSaved} tokens fewer` : "nothing to change"}`;
      parts.push(title, ...data.files.filter((file) => file.diff).map((file) => diffTable(file.diff)));
    }
    find("preview-dialog").querySelector("[data-changes]").replaceChildren(...parts);
    open("preview-dialog", `Preview of ${task.name}`, "Apply: run the task", () => ACTIONS.run({ task: id }));
  }

  const ACTIONS = {
    preview: ({ task }) => previewDialog(task),
    "new-task": () => taskDialog(),
    "add-webhook": () => webhookDialog(),
    edit: ({ task, webhook }) => (task ? taskDialog(task) : webhookDialog(webhook)),
    async run({ task }) {
      const { data } = await call("POST", `${API}/tasks/${task}/run`, { triggerType: "manual" });
      say(`${data.taskId} has begun.`);
    },
    async retry({ execution }) {
      const { data } = await call("POST", `${API}/executions/${execution}/retry`);
      say(`${data.taskId} has begun again.`);
    },
    async test({ webhook }) {
      const { data } = await call("POST", `${API}/webhooks/${webhook}/test`, {});
      say(data.message, !data.success);
    },
    enable: (which) => turn(which, true),
    disable: (which) => turn(which, false),
  };

  async function turn({ task, webhook }, enabled) {
    await call("PATCH", task ? `${API}/tasks/${task}` : `${API}/webhooks/${webhook}`, { enabled });
    say(`${task ?? webhook} is ${enabled ? "enabled" : "disabled"}.`);
  }

  document.addEventListener("click", async ({ target }) => {
    target.closest?.("[data-close]")?.closest("dialog").close();
    const button = target.closest?.("[data-action]");
    if (!button || !(button.dataset.action in ACTIONS)) return;
    button.disabled = true;
    try { await ACTIONS[button.dataset.action](button.dataset); } catch (error) { say(error.message, true); }
    button.disabled = false;
  });

  const form = find("task-dialog").querySelector("form");
  form.addEventListener("change", () => show(form));
  form.elements.cronExpression.addEventListener("input", () => preview(form));
  new EventSource("/scheduler/events").onmessage = renew;
})();
