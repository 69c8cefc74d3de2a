// The button that prints. Without this file the browser's own menu does.

const button = document.getElementById("print");
if (button) {
  button.hidden = false;
  document.getElementById("print-hint")?.remove();
  button.addEventListener("click", () => print());
}
