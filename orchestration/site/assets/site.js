(function () {
  "use strict";
  var root = document.documentElement;
  function choose(language) {
    root.lang = language;
    root.dataset.language = language;
    document.querySelectorAll("[data-choose]").forEach(function (button) {
      button.setAttribute("aria-pressed", String(button.dataset.choose === language));
    });
    document.querySelectorAll("input[data-fr]").forEach(function (input) {
      input.placeholder = input.dataset[language];
    });
    try { localStorage.setItem("pilotage-language", language); } catch (error) { /* private mode */ }
  }
  var kept = null;
  try { kept = localStorage.getItem("pilotage-language"); } catch (error) { /* private mode */ }
  var asked = new URLSearchParams(location.search).get("language");
  var first = asked || kept;
  if (first === "fr" || first === "en") { choose(first); }
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-choose]");
    if (button) { choose(button.dataset.choose); }
  });

  var field = document.getElementById("search");
  var found = document.getElementById("found");
  if (!field || !found || !window.PILOTAGE_INDEX) { return; }
  function plain(text) {
    return text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "");
  }
  var entries = window.PILOTAGE_INDEX.map(function (entry) {
    return { entry: entry, text: plain(entry.t) };
  });
  field.addEventListener("input", function () {
    var asked = plain(field.value).split(/\s+/).filter(Boolean);
    found.textContent = "";
    found.hidden = asked.length === 0;
    if (!asked.length) { return; }
    var hits = entries.filter(function (one) {
      return asked.every(function (word) { return one.text.indexOf(word) >= 0; });
    });
    hits.sort(function (a, b) { return a.entry.k - b.entry.k || a.text.indexOf(asked[0]) - b.text.indexOf(asked[0]); });
    hits.slice(0, 20).forEach(function (one) {
      var item = document.createElement("li");
      var link = document.createElement("a");
      link.href = field.dataset.root + one.entry.h;
      ["fr", "en"].forEach(function (language) {
        var span = document.createElement("span");
        span.lang = language;
        span.textContent = one.entry[language];
        link.appendChild(span);
      });
      item.appendChild(link);
      found.appendChild(item);
    });
    if (!hits.length) {
      var none = document.createElement("li");
      none.textContent = field.dataset.nothing;
      found.appendChild(none);
    }
  });
})();
