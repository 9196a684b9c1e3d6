// @ts-check
// A page kept in the browser's memory must not show a note again.

addEventListener('pageshow', (e) => {
  if (!e.persisted) return;
  document.body.hidden = true;
  location.reload();
});
