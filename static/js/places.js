// @ts-check
// The groups of the navigation open and close without a script. This closes
// them by Escape and by going on anywhere else.

/** @returns {HTMLDetailsElement|null} */
const unfolded = () => document.querySelector('.places details[open]');

addEventListener('keydown', (e) => {
  const group = e.key === 'Escape' && unfolded();
  if (!group) return;
  if (group.contains(document.activeElement)) group.querySelector('summary')?.focus();
  group.open = false;
});
for (const kind of ['pointerdown', 'focusin']) {
  addEventListener(kind, (e) => {
    const group = unfolded();
    if (group && e.target instanceof Node && !group.contains(e.target)) group.open = false;
  });
}
