// Times on the visitor's pages in the clock of this device. Loaded only where
// it differs from that of the line, which every page shows without scripts.

for (const t of /** @type {NodeListOf<HTMLTimeElement>} */ (document.querySelectorAll('time[data-yours]'))) {
  const at = new Date(t.dateTime);
  // A text without an offset is read in the clock of this device: the same instant means the same clock.
  if (Number(new Date(t.dateTime.slice(0, 19))) === Number(at)) continue;
  const far = Math.abs(Number(at) - Date.now()) > 18 * 3600e3 || at.toDateString() !== new Date().toDateString();
  t.textContent = new Intl.DateTimeFormat(document.documentElement.lang, {
    hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...(far ? { weekday: 'long', day: 'numeric', month: 'long' } : {}),
  }).format(at);
  const zone = t.parentElement?.querySelector('.zone');
  if (zone) zone.textContent = t.dataset.yours ?? '';
}
