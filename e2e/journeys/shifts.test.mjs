// Own shifts, on a phone without scripts: what a colleague offers is taken, an
// own shift is offered and kept, and a calendar reads it all.
import assert from 'node:assert/strict';
import { faults, tooWide } from '../lib/axe.mjs';
import { picture } from '../lib/browser.mjs';
import { journey } from '../lib/journey.mjs';
import { words } from '../lib/words.mjs';

/** @typedef {import('../lib/people.mjs').Visitor} Phone */

/** Looks at a page of the phone. @param {Phone} phone @param {string} name */
async function look(phone, name) {
	for (const width of [320, 390]) {
		await phone.page.setViewport({ width, height: 740 });
		assert.deepEqual([...(await tooWide(phone.page)), ...(await faults(phone.page))], [], `${name} at ${width}`);
	}
	await picture(phone.page, name);
}

/** What a calendar reads at an address: its entries by name. @param {Phone} phone @param {string} path @returns {Promise<Map<string, {status: string, start: string, sequence: number}>>} */
async function calendar(phone, path) {
	const text = await phone.page.evaluate(async (at) => (await fetch(at)).text(), path);
	assert.match(text, /^BEGIN:VCALENDAR\r\n/);
	const whole = text.replaceAll('\r\n ', '');
	return new Map(whole.split('BEGIN:VEVENT\r\n').slice(1).map((part) => {
		/** @param {string} name */
		const of = (name) => new RegExp(`^${name}:(.*)\\r$`, 'm').exec(part)?.[1] ?? '';
		assert.equal(of('SUMMARY'), words('shifts.feed.shift'));
		return [of('UID'), { status: of('STATUS'), start: of('DTSTART'), sequence: Number(of('SEQUENCE')) }];
	}));
}

for (const dark of [false, true]) {
	journey(`a volunteer takes, offers and keeps shifts on a phone without scripts, ${dark ? 'in the dark' : 'and a calendar follows'}`, async (e) => {
		const counsellor = await e.counsellor();
		await counsellor.page.goto(`${e.line.staff('counsellor')}/me/shifts`);
		await counsellor.page.type('#device', 'My phone');
		await counsellor.follow('button[value=link]');
		const link = await counsellor.page.evaluate(() => document.querySelector('.once')?.textContent ?? '');
		const phone = await e.visitor();
		const at = e.line.staff('counsellor');
		await phone.page.setViewport({ width: 320, height: 740 });
		await phone.page.setJavaScriptEnabled(false);
		await phone.page.goto(link);
		await phone.follow('#in');
		await phone.toRead(words('shifts.next'));
		const shade = dark ? 'dark' : 'light';
		await look(phone, `shifts-first-${shade}`);

		// Two taps to the first shift that a colleague offers, or that is free.
		await phone.follow('#free');
		await phone.toSee('.chance button');
		await look(phone, `shifts-open-${shade}`);
		const taken = await phone.page.evaluate(() => document.querySelector('.chance:has(button) .when')?.textContent?.replaceAll(/\s+/g, ' ').trim() ?? '');
		await phone.follow('.chance button');
		await phone.toRead(words('shifts.done.taken'));
		await phone.toRead(taken.split(' ').slice(-1)[0] ?? '?');

		await phone.page.goto(`${at}/shifts/calendar`);
		await phone.page.type('#device', 'Pocket');
		await phone.follow('#make');
		const feed = new URL(await phone.page.evaluate(() => document.querySelector('#feed')?.textContent ?? '')).pathname;
		await look(phone, `shifts-calendar-${shade}`);
		const first = await calendar(phone, feed);
		assert.ok([...first.values()].every((one) => one.status === 'CONFIRMED') && first.size > 1, 'the calendar has the shifts');

		// The last own shift is offered, and kept after all.
		await phone.page.goto(`${at}/shifts`);
		const last = await phone.page.evaluate(() => [...document.querySelectorAll('.own-list a')].at(-1)?.getAttribute('href') ?? '');
		await phone.page.goto(at + last);
		await look(phone, `shifts-one-${shade}`);
		await phone.follow('#give');
		await phone.toRead(words('shifts.done.offered'));
		await look(phone, `shifts-offered-${shade}`);
		const uid = last.split('/').at(-1) ?? '';
		const edited = await calendar(phone, feed);
		assert.ok((edited.get(uid)?.sequence ?? 0) > (first.get(uid)?.sequence ?? 9), 'the calendar counts the change');
		await phone.follow('#back');
		await phone.toRead(words('shifts.done.kept'));

		// Wishes and days off.
		await phone.page.goto(`${at}/shifts/wishes`);
		await look(phone, `shifts-wishes-${shade}`);
		await phone.page.click('input[name=word][value=prefer-not]');
		await phone.page.$eval('#first', (n) => { /** @type {HTMLInputElement} */ (n).value = /** @type {HTMLInputElement} */ (n).min; });
		await phone.follow('#say');
		await phone.toRead(words('shifts.done.wished'));
		await phone.page.goto(`${at}/shifts/off`);
		await phone.page.$eval('#first', (n) => { /** @type {HTMLInputElement} */ (n).value = /** @type {HTMLInputElement} */ (n).max; });
		await phone.follow('#off');
		await phone.toRead(words('shifts.undo'));
		await look(phone, `shifts-off-${shade}`);
		if (dark) return;

		// A supervisor cancels that shift: the calendar takes it out, and the page says so.
		const sam = await e.supervisor();
		const start = edited.get(uid)?.start ?? '';
		const day = `${start.slice(0, 4)}-${start.slice(4, 6)}-${start.slice(6, 8)}`;
		const board = e.line.staff('supervisor');
		await sam.page.goto(`${board}/rota?by=person&week=${day}`);
		const shifts = await sam.page.$$eval('#grid tr', (rows) => rows.filter((r) => r.querySelector('th')?.textContent?.includes('Robin')).flatMap((r) => [...r.querySelectorAll('td.works a')].map((a) => a.getAttribute('href') ?? '')));
		await sam.page.goto(board + shifts.at(-1));
		await sam.page.$$eval('form:has([value=cancel])', (all) => {
			const form = /** @type {HTMLFormElement} */ (all[0]);
			for (const box of form.querySelectorAll('input[type=checkbox]')) /** @type {HTMLInputElement} */ (box).checked = true;
			form.requestSubmit();
		});
		await sam.toRead(words('plan.shift.cancelled'));
		assert.deepEqual([...(await calendar(phone, feed)).values()].map((one) => one.status).filter((s) => s === 'CANCELLED').length, 1, 'one is taken out');
		await phone.page.goto(`${at}/shifts`);
		await phone.toSee('#changes');
		await look(phone, 'shifts-changes');
		await phone.page.goto(`${at}/shifts/calendar`);
		await phone.follow('form[action="/shifts/calendar/end"] button');
		await phone.toRead(words('shifts.done.ended'));
		assert.equal(await phone.page.evaluate(async (path) => (await fetch(path)).status, feed), 404);
	}, { dark, staffOnly: true, rota: true });
}
