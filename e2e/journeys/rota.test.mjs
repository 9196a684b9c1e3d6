// Planning: a supervisor sets up a rota, drafts four weeks, fills them, fixes a
// gap by keyboard, and publishes; then the same week without scripts.
import assert from 'node:assert/strict';
import { faults, tooWide } from '../lib/axe.mjs';
import { picture } from '../lib/browser.mjs';
import { journey } from '../lib/journey.mjs';
import { until } from '../lib/until.mjs';
import { words } from '../lib/words.mjs';

/** @typedef {import('../lib/people.mjs').Supervisor} Supervisor */

/** Sends the form a field stands in. @param {Supervisor} sam @param {string} field */
async function send(sam, field) {
	await sam.page.focus(field);
	await Promise.all([sam.page.waitForNavigation({ waitUntil: 'domcontentloaded' }), sam.page.keyboard.press('Enter')]);
}

/** Types over what stands in a field. @param {Supervisor} sam @param {string} field @param {string} text */
async function type(sam, field, text) {
	await sam.page.$eval(field, (n, value) => { /** @type {HTMLInputElement} */ (n).value = value; }, text);
}

/** Invites a colleague, who can be planned from then on. @param {Supervisor} sam @param {string} name @param {string[]} more roles */
function invite(sam, name, more) {
	return sam.page.evaluate(async (called, roles) => {
		const form = new URLSearchParams({ name: called, chats: '1', locale: 'en', door: 'self', language: 'en' });
		for (const r of ['counsellor', ...roles]) form.append('role', r);
		return (await fetch('/people', { method: 'POST', body: form })).status;
	}, name, more);
}

/** The next Monday, so many weeks on. @param {number} weeks */
function mondayIn(weeks) {
	const d = new Date();
	d.setUTCDate(d.getUTCDate() + ((8 - (d.getUTCDay() || 7)) % 7 || 7) + 7 * weeks);
	return d;
}
/** @param {Date} d @param {number} days */
const plus = (d, days) => new Date(d.getTime() + days * 86_400_000);
/** @param {Date} d */
const day = (d) => d.toISOString().slice(0, 10);

/** What the cell with the focus says. @param {Supervisor} sam */
const focused = (sam) => sam.page.evaluate(() => document.activeElement?.closest('td')?.textContent?.replaceAll(/\s+/g, ' ').trim() ?? '');

/** What grid, list, rules, score and undo say is what a page says that is loaded now. @param {Supervisor} sam */
async function same(sam) {
	const [is, anew] = await sam.page.evaluate(async () => {
		/** @param {Document} d */
		const said = (d) => ['#grid tbody', '#days', '#panel', '#score', '#points', '[data-undo]'].map((s) => {
			const part = d.querySelector(s)?.cloneNode(true);
			if (!(part instanceof Element)) return `${s}: none`;
			const marks = [...part.querySelectorAll('td, .cells > li')].map((n) => n.className).join(' ');
			for (const n of part.querySelectorAll('[hidden]')) n.remove();
			return `${s}: ${part.textContent?.replaceAll(/\s+/g, '')} ${marks}`;
		});
		const page = await new Promise((done) => { // text is never made markup here: the browser reads the answer itself
			const ask = new XMLHttpRequest();
			ask.responseType = 'document';
			ask.onload = () => done(ask.responseXML);
			ask.open('GET', location.href);
			ask.send();
		});
		return [said(document), said(page)];
	});
	assert.deepEqual(is, anew, 'the page says what it would say after a reload');
}

for (const dark of [false, true]) {
	journey(`a supervisor drafts four weeks, fills them, fixes a gap by keyboard and publishes, ${dark ? 'in the dark' : 'and reads it on paper and on a phone'}`, async (e) => {
		const sam = await e.supervisor();
		/** @param {string} path */
		const open = (path) => sam.page.goto(`${e.line.staff('supervisor')}${path}`); // all of it: without scripts nothing else waits for the styles
		await sam.page.setViewport({ width: 1280, height: 900 });
		await open('/people');
		for (const [name, ...more] of [['Ada Berg'], ['Bo Cohen', 'leader'], ['Cas Dijk'], ['Dee Evers', 'leader'], ['Els Faber']]) {
			assert.equal(await invite(sam, String(name), more), 200, 'a colleague is invited');
		}
		await open('/rota/setup');
		await type(sam, '#f-name', 'Late chat');
		await sam.page.select('#f-way', 'managed');
		await sam.page.select('#f-setup', 'pair');
		await send(sam, '#f-name');
		for (const [name, from, to] of [['Evening', '18:00', '22:00'], ['Lunch', '11:30', '13:30']]) {
			await type(sam, '#f-name', String(name));
			await type(sam, '#f-from', String(from));
			await type(sam, '#f-to', String(to));
			await type(sam, '#f-min', '1');
			await type(sam, '#f-target', '3');
			await type(sam, '#f-leader', '1');
			await send(sam, '#f-name');
			await sam.toRead(words('plan.done.template'));
		}
		if (!dark) {
			assert.deepEqual(await faults(sam.page), [], 'the shifts that come back');
			await picture(sam.page, 'rota-templates');
			await type(sam, '#f-name', 'Nothing');
			await type(sam, '#f-to', '18:00');
			await type(sam, '#f-from', '18:00');
			await send(sam, '#f-name');
			await sam.toRead(words('rota.fault.same'));
			assert.deepEqual(await faults(sam.page), [], 'a form with a fault');
			assert.equal(await sam.page.$eval('#f-name', (n) => /** @type {HTMLInputElement} */ (n).value), 'Nothing', 'the form is filled again');
		}
		await open('/rota/draft');
		const first = mondayIn(1);
		const late = await sam.page.$$eval('#draft-rota option', (all) => all.map((o) => [o.textContent, /** @type {HTMLOptionElement} */ (o).value]).find(([t]) => t === 'Late chat')?.[1] ?? '');
		await sam.page.select('#draft-rota', late);
		await type(sam, '#draft-first', day(first));
		await type(sam, '#draft-last', day(plus(first, 27)));
		await send(sam, '#draft-first');
		await sam.toSee('#grid[role=grid]');

		// Filling, with what it costs, and its undo.
		await sam.press('form[data-fill] button');
		await sam.toRead('Filled.', 30_000); // the server may take 12 s for it, and the week is drawn then
		await until('somebody stands in the grid', () => sam.sees('#grid .on li'));
		const before = await sam.page.$$eval('#grid .on li', (all) => all.length);
		await sam.page.keyboard.down('Control');
		await sam.page.keyboard.press('z');
		await sam.page.keyboard.up('Control');
		await until('the filling is taken back', () => sam.page.$$eval('#grid .on li', (all) => all.length === 0));
		await sam.press('form[data-fill] button');
		await until('it is filled again', () => sam.page.$$eval('#grid .on li', (all, n) => all.length === n, before));

		// A gap is made and fixed by keyboard.
		await sam.page.focus('#grid tbody td[tabindex="0"]');
		const full = await focused(sam);
		for (const key of /** @type {const} */ (['ArrowRight', 'ArrowDown', 'ArrowUp', 'ArrowLeft'])) await sam.page.keyboard.press(key);
		assert.equal(await focused(sam), full, 'four arrows lead back');
		await sam.page.keyboard.press('Enter');
		await sam.toSee('dialog[open] #ranked-on button');
		const had = await sam.page.$$eval('#ranked-on li[data-place]', (all) => all.length);
		await sam.page.focus('#ranked-on button');
		await sam.page.keyboard.press('Delete');
		await until('one has gone, and the list offers somebody', () => sam.page.evaluate((n) => document.querySelectorAll('#ranked-on li[data-place]').length === n - 1 && document.querySelector('#ranked-could li[data-person]') !== null, had));
		assert.deepEqual(await faults(sam.page), [], 'the ranked list');
		await picture(sam.page, `rota-list-${dark ? 'dark' : 'light'}`);
		await sam.page.keyboard.press('Escape');
		await until('the focus is in the cell again', async () => (await focused(sam)) !== '');
		assert.notEqual(await focused(sam), full, 'the cell says that somebody has gone');
		await picture(sam.page, `rota-gap-${dark ? 'dark' : 'light'}`);
		await sam.page.keyboard.press('Enter');
		await sam.toSee('dialog[open] #ranked-could button');
		await until('the best of the list has the focus', () => sam.page.evaluate(() => document.activeElement?.closest('#ranked-could') !== null));
		await sam.page.keyboard.press('Enter');
		await until('somebody is on it', () => sam.page.$$eval('#ranked-on li[data-place]', (all, n) => all.length === n, had));
		await sam.page.keyboard.press('Escape');
		await until('the cell is full again', async () => (await focused(sam)).includes('3/3'));
		await same(sam);

		// Two things are taken back quickly, and the answers overtake each other: the later one stands.
		const last = () => sam.page.$eval('[data-what]', (n) => n.textContent);
		const given = await last();
		/** @type {import('puppeteer-core').HTTPRequest | undefined} */ let held;
		/** @param {import('puppeteer-core').HTTPRequest} r */
		const slow = (r) => {
			if (!held && r.method() === 'GET' && r.url().endsWith('&script=1')) held = r;
			else void r.continue();
		};
		const undo = async () => {
			await sam.page.keyboard.down('Control');
			await sam.page.keyboard.press('z');
			await sam.page.keyboard.up('Control');
		};
		await sam.page.setRequestInterception(true);
		sam.page.on('request', slow);
		await undo();
		const early = await until('the page asks for the week', () => held);
		const body = await sam.page.evaluate(async (url) => (await fetch(url)).text(), early.url());
		await undo();
		await until('both are taken back', async () => (await last()) !== given);
		await early.respond({ status: 200, contentType: 'application/json', body });
		await same(sam);
		sam.page.off('request', slow);
		await sam.page.setRequestInterception(false);
		assert.ok((await focused(sam)).includes('3/3'), 'the cell is full, as it was');
		for (const width of [1280, 390, 320]) {
			await sam.page.setViewport({ width, height: 900 });
			assert.equal(await sam.page.$eval('#days', (n) => n.checkVisibility()), width < 640, `days one under the other at ${width} px`);
			assert.equal(await sam.page.$eval('#grid', (n) => n.checkVisibility()), width > 640, `the grid at ${width} px`);
			assert.deepEqual([...(await faults(sam.page)), ...(await tooWide(sam.page))], [], `the grid at ${width} px`);
			await picture(sam.page, `rota-grid-${dark ? 'dark' : 'light'}-${width}`);
		}
		if (!dark) {
			for (const language of ['nl', 'en']) { // the pages of the rota stand in one row, and a phone shows a shift at once
				await sam.page.setViewport({ width: 1280, height: 900 });
				await sam.page.evaluate((chosen) => fetch('/language', { method: 'POST', body: new URLSearchParams({ language: chosen, back: '/rota' }) }), language);
				await sam.page.reload();
				const rows = await sam.page.$$eval('.tabs li', (all) => new Set(all.map((li) => li.getBoundingClientRect().top)).size);
				assert.equal(rows, 1, `in ${language} the pages of the rota stand in one row`);
				await sam.page.setViewport({ width: 390, height: 844 });
				const top = await sam.page.$eval('#days .cells', (n) => n.getBoundingClientRect().top);
				assert.ok(top < 844 - 44, `in ${language} the first shift begins at ${top} px of a phone's 844`);
				await picture(sam.page, `rota-phone-${language}`);
			}
		}
		await sam.page.setViewport({ width: 1280, height: 900 });

		// Over to publishing.
		await sam.follow('.rotahead .state a');
		await sam.toSee('#publish');
		await picture(sam.page, `rota-rules-${dark ? 'dark' : 'light'}`);
		while (await sam.sees('.accepting')) { // all of one rule first, with one reason
			await sam.page.select('.accepting select', 'agreed');
			await sam.follow('.accepting button');
		}
		assert.deepEqual([...(await faults(sam.page)), ...(await tooWide(sam.page))], [], 'before publishing');
		await picture(sam.page, `rota-plan-${dark ? 'dark' : 'light'}`);
		await sam.follow('button[value=publish]');
		await sam.toRead('Published:');
		if (dark) return;

		// What is published, without scripts: a week, people, a shift, a month.
		await sam.page.setJavaScriptEnabled(false);
		await open(`/rota?week=${day(first)}&rota=${late}`);
		await sam.toSee('#grid .on li');
		await open(`/rota?week=${day(first)}&rota=${late}&by=person`);
		await sam.toSee('#grid td.works');
		assert.deepEqual(await faults(sam.page), [], 'people and days');
		await picture(sam.page, 'rota-people');
		await sam.follow('#grid td.works a');
		await sam.toRead(words('plan.shift.on'));
		assert.deepEqual([...(await faults(sam.page)), ...(await tooWide(sam.page))], [], 'one shift');
		await picture(sam.page, 'rota-shift');
		await open(`/rota/month?month=${day(first).slice(0, 7)}&rota=${late}`);
		assert.deepEqual(await faults(sam.page), [], 'a month');
		await picture(sam.page, 'rota-month');
		await open('/rota/people');
		assert.deepEqual(await faults(sam.page), [], 'people and what was agreed');
		await sam.follow('tbody a');
		assert.deepEqual(await faults(sam.page), [], 'terms');
		await open(`/rota?week=${day(first)}&rota=${late}`);
		await sam.page.emulateMediaType('print');
		await sam.page.setViewport({ width: 1123, height: 794 });
		await picture(sam.page, 'rota-print');
	}, { staffOnly: true, dark });
}
