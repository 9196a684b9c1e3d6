// What a supervisor does by hand, without scripts: who was there, who is on call,
// closed days, a single shift and what it asks, somebody's leave and wishes.
import assert from 'node:assert/strict';
import { faults, tooWide } from '../lib/axe.mjs';
import { picture } from '../lib/browser.mjs';
import { journey } from '../lib/journey.mjs';
import { words } from '../lib/words.mjs';

/** A day so many days from now. @param {number} n */
const day = (n) => new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10);

/** A supervisor without scripts, and what is done on the pages of the rota. @param {import('../lib/journey.mjs').Evening} e */
async function plain(e) {
	const sam = await e.supervisor();
	await sam.page.setJavaScriptEnabled(false);
	const base = e.line.staff('supervisor');
	/** @param {string} path */
	const open = (path) => sam.page.goto(`${base}${path}`, { waitUntil: 'domcontentloaded' });
	/** @param {string} field @param {string} text */
	const type = (field, text) => sam.page.$eval(field, (n, value) => { /** @type {HTMLInputElement} */ (n).value = value; }, text);
	/** @param {string} link */
	const href = (link) => sam.page.$eval(link, (a) => a.getAttribute('href') ?? '');
	/** @param {string} name */
	const look = async (name) => {
		for (const width of [1280, 320]) {
			await sam.page.setViewport({ width, height: 900 });
			assert.deepEqual([...(await faults(sam.page)), ...(await tooWide(sam.page))], [], `${name} at ${width} px`);
		}
		await sam.page.setViewport({ width: 390, height: 900 });
		await picture(sam.page, `byhand-${name}`);
	};
	return { sam, open, type, href, look };
}

journey('a supervisor says who came, puts somebody on call and closes days, without scripts', async (e) => {
	const { sam, open, type, href, look } = await plain(e);
	// The month of yesterday: on the first of a month no shift of this one is over yet.
	await open(`/rota/hours?month=${day(-1).slice(0, 7)}`);
	await sam.toRead(words('byhand.open'));
	await look('hours');
	const shift = await href('form[id^=open-] a');
	await sam.follow('form[id^=open-] button[value=came]');
	await sam.toRead(words('plan.undo.word'));
	await open(shift);
	await sam.toSee('button[value=unsure]');
	await look('shift-over');

	await open('/rota/oncall');
	// In the demonstration the leaders have the nights in turn, and one of these may run just now.
	const tonight = await sam.page.$$eval('#calls li:has(.tag.here) b', (all) => all.map((b) => b.textContent?.trim()));
	for (let n = 0; await sam.sees('#calls button'); n++) {
		assert.ok(n < 20, 'what is taken away goes');
		await sam.follow('#calls button');
	}
	await sam.page.$eval('#form select', (who, not) => {
		const free = [.../** @type {HTMLSelectElement} */ (who).options].find((o) => !not.includes(o.text.trim()));
		/** @type {HTMLSelectElement} */ (who).value = free?.value ?? '';
	}, tonight);
	await type('#f-first', day(-1));
	await type('#f-last', day(1));
	await sam.follow('#form button');
	await sam.toSee('#calls .tag.here');
	await type('#f-to', 'late');
	await sam.follow('#form button');
	assert.equal(await sam.page.$eval('#f-to', (n) => /** @type {HTMLInputElement} */ (n).value), 'late', 'the form is filled again');
	await look('oncall');
	// Where colours are forced no background is painted: a line says which page this is.
	const media = await sam.page.createCDPSession();
	await media.send('Emulation.setEmulatedMedia', { features: [{ name: 'forced-colors', value: 'active' }] });
	const lines = () => sam.page.$$eval('.tabs a', (all) => all.map((a) => `${a.hasAttribute('aria-current')} ${getComputedStyle(a).outlineStyle}`));
	assert.deepEqual([...new Set(await lines())].sort(), ['false none', 'true solid'], 'the tab one is on is outlined');
	await picture(sam.page, 'byhand-oncall-forced');
	await media.send('Emulation.setEmulatedMedia', { features: [] });
	await open('/board');
	await sam.toSee('#on-call');

	await open('/rota/closed');
	await type('#f-first', day(2));
	await type('#f-last', day(4));
	await sam.follow('form.card button');
	await sam.toSee('#ask a[href^="/rota/shift/"]');
	await look('closed');
	await sam.follow('form.card button.button');
	await sam.toRead(words('plan.done.closed'));
}, { staffOnly: true, rota: true });

journey('a supervisor makes a shift by hand and enters leave, wishes and a pause, without scripts', async (e) => {
	const { sam, open, type, href, look } = await plain(e);
	await open('/rota/draft');
	const draft = await href('a[href^="/rota?version="]');
	await open(draft);
	await sam.follow('.rotahead a[href$="/shift"]');
	await type('#f-name', 'Extra');
	await look('shift');
	await sam.follow('#form button');
	await sam.toRead('Extra');
	await sam.follow('a[href*="/cover?"]');
	await sam.follow('#form button');
	await look('cover');

	await open('/rota/people');
	await sam.follow('tbody a');
	await sam.follow('a[href$="/off"]');
	await type('#f-first', day(20));
	await sam.follow('#form button');
	await sam.toRead(words('plan.done.leave'));
	await look('leave');
	await open(`${await href('main a[href^="/rota/people/"]')}/wishes`);
	await sam.page.click('input[name=word]');
	await type('#f-first', day(30));
	await sam.follow('#form button');
	await sam.toRead(words('plan.done.wishes'));
	await look('wishes');
	await open(`${await href('main a[href^="/rota/people/"]')}/pause`);
	await look('pause');
	await sam.follow('#form button');
	await sam.toSee('#off');
	await look('off');
}, { staffOnly: true, rota: true });
