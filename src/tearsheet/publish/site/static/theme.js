// The theme switch: light or dark, remembered on this device; and the links of a site that is read from a disk, where a
// folder has no page of its own. Pages are whole without it.
(function () {
  "use strict";
  var root = document.documentElement;
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  function saved() {
    try { return window.localStorage.getItem("theme"); } catch (refused) { return null; }
  }
  function save(theme) {
    try { window.localStorage.setItem("theme", theme); } catch (refused) { return; }
  }
  function current() {
    return root.getAttribute("data-theme") || (dark.matches ? "dark" : "light");
  }
  function label(button) {
    var next = current() === "dark" ? "light" : "dark";
    button.setAttribute("aria-label", button.getAttribute("data-" + next));
    button.title = button.getAttribute("data-" + next);
  }
  var theme = saved();
  if (theme === "light" || theme === "dark") root.setAttribute("data-theme", theme);
  if (window.location.protocol === "file:") document.addEventListener("click", function (event) {
    var link = event.target.closest("a[href]");
    if (link && link.protocol === "file:" && link.pathname.slice(-1) === "/") link.pathname += "index.html";
  });
  document.addEventListener("DOMContentLoaded", function () {
    var button = document.querySelector(".theme");
    if (!button) return;
    button.hidden = false;
    label(button);
    button.addEventListener("click", function () {
      var next = current() === "dark" ? "light" : "dark";
      root.setAttribute("data-theme", next);
      save(next);
      label(button);
    });
    dark.addEventListener("change", function () { label(button); });
  });
})();
