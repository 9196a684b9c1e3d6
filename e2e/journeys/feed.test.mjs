// A calendar program subscribes to somebody's shifts by the secret address, and
// asks again as such programs do. It reads with ical.js, Mozilla's reader: neither
// the library that writes nor a line of our own.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import ICAL from 'ical.js';
import { journey } from '../lib/journey.mjs';
import { program } from '../lib/server.mjs';
import { words } from '../lib/words.mjs';

/** @typedef {{ start: string, hours: number, sequence: number, status: string }} Entry */

/** Asks an address as a program without cookies does. @param {string} url @param {Record<string, string>} [headers] @returns {Promise<{ status: number, headers: http.IncomingHttpHeaders, text: string }>} */
function ask(url, headers = {}) {
	const at = new URL(url);
	return new Promise((done, fail) => {
		http.get({ host: '127.0.0.1', port: at.port, path: at.pathname, agent: false, headers: { Host: at.host, 'User-Agent': 'Calendar/1.0', ...headers } }, (answer) => {
			let text = '';
			answer.setEncoding('utf8').on('data', (part) => (text += part)).on('end', () => done({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
		}).on('error', fail);
	});
}

/** The entries of a calendar, by their UID. @param {string} text @returns {Map<string, Entry>} */
function entries(text) {
	const whole = new ICAL.Component(ICAL.parse(text));
	assert.deepEqual([whole.name, whole.getFirstPropertyValue('version'), whole.getAllSubcomponents().filter((c) => c.name !== 'vevent').length], ['vcalendar', '2.0', 0]);
	return new Map(whole.getAllSubcomponents('vevent').map((part) => {
		const one = new ICAL.Event(part);
		assert.equal(one.summary, words('shifts.feed.shift'), 'an entry says nothing');
		assert.deepEqual([one.location, one.description, one.attendees.length, one.organizer], [null, null, 0, null]);
		assert.equal(one.startDate.zone.tzid, 'UTC');
		return [one.uid, {
			start: one.startDate.toJSDate().toISOString(), hours: one.endDate.subtractDate(one.startDate).toSeconds() / 3600,
			sequence: one.sequence, status: String(part.getFirstPropertyValue('status')),
		}];
	}));
}

/**
 * The next night in which clocks are set in Europe, from the evening before: 2 is March, 9 October. It lies behind the
 * four weeks in which the demonstration has shifts of its own, which rules of rest would keep apart from these.
 * @param {number} month
 */
function night(month) {
	for (let year = new Date().getUTCFullYear(); ; year++) {
		const last = new Date(Date.UTC(year, month + 1, 0));
		const saturday = new Date(last.getTime() - ((last.getUTCDay() || 7) % 7 + 1) * 86_400_000);
		if (saturday.getTime() > Date.now() + 28 * 86_400_000) return saturday.toISOString().slice(0, 10);
	}
}

journey('a feed is subscribed, edited and cancelled, over both nights in which clocks are set', async (e) => {
	const sam = await e.supervisor();
	const board = e.line.staff('supervisor');
	const [spring, autumn] = [night(2), night(9)];
	const days = [spring, autumn].sort();
	const evening = new Date(new Date(days[0] ?? '').getTime() + 3 * 86_400_000).toISOString().slice(0, 10);

	// Three shifts of Robin's: two nights and an evening, from a spreadsheet.
	const sheet = path.join(path.dirname(e.line.folder), 'nights.csv');
	await writeFile(sheet, `name,${days[0]},${evening},${days[1]}\nRobin Demonstration,22:00-06:00,18-22,22:00-06:00\n`);
	const wrote = execFileSync(program, ['rota', 'import', sheet, '--rota', 'Nights', '--setup', 'small', '--write', '--data', e.line.folder], { encoding: 'utf8' });
	const draft = /the draft ([0-9a-f-]{36}|\S+)\. Look/.exec(wrote)?.[1] ?? '';
	await sam.page.goto(`${board}/rota/plan/${draft}`);
	while (await sam.sees('.accepting select')) {
		await sam.page.select('.accepting select', 'agreed');
		await sam.follow('.accepting button');
	}
	await sam.follow('button[value=publish]');
	await sam.toRead('Published:');
	const rota = new URL(sam.page.url()).searchParams.get('rota') ?? '';

	// Robin makes an address. It is shown once.
	const robin = await e.counsellor();
	const subscribe = async (/** @type {string} */ name) => {
		await robin.page.goto(`${e.line.staff('counsellor')}/shifts/calendar`);
		await robin.page.type('#device', name);
		await robin.follow('#make');
		return robin.page.$eval('#feed', (n) => n.textContent ?? '');
	};
	const feed = await subscribe('Calendar');
	assert.match(feed, /\/feed\/[\w-]{22,}\.ics$/);
	const first = await ask(feed);
	assert.equal(first.status, 200);
	assert.match(first.headers['content-type'] ?? '', /^text\/calendar; charset=utf-8$/);
	assert.match(first.headers['cache-control'] ?? '', /private/);
	assert.equal(first.headers['set-cookie'], undefined, 'a calendar gets no cookie');
	const tag = first.headers.etag ?? '';
	const was = entries(first.text);
	const of = (/** @type {Map<string, Entry>} */ all, /** @type {string} */ day) => [...all].find(([, one]) => one.start.startsWith(day)) ?? ['', { start: '', hours: 0, sequence: -1, status: '' }];
	const [springUID, inSpring] = of(was, spring);
	const [autumnUID, inAutumn] = of(was, autumn);
	const [eveningUID, onEvening] = of(was, evening);
	assert.deepEqual([inSpring.start.slice(11, 16), inSpring.hours, inSpring.status], ['21:00', 7, 'CONFIRMED'], 'the night of spring takes seven hours');
	assert.deepEqual([inAutumn.start.slice(11, 16), inAutumn.hours, inAutumn.status], ['20:00', 9, 'CONFIRMED'], 'the night of autumn takes nine');
	assert.equal(onEvening.hours, 4);

	// Asked again, nothing has changed: nothing is sent.
	for (const known of [tag, `W/${tag}`, `"other", ${tag}`]) {
		const again = await ask(feed, { 'If-None-Match': known });
		assert.deepEqual([again.status, again.text, again.headers.etag], [304, '', tag], known);
	}
	assert.equal((await ask(feed, { 'If-None-Match': '"other"' })).status, 200);

	/** Goes to the page of the shift that begins on a day. @param {string} day */
	const shift = async (day) => {
		await sam.page.goto(`${board}/rota?week=${day}&rota=${rota}`);
		const at = await sam.page.$$eval('#grid td', (all, which) => all[which]?.querySelector('a.gist')?.getAttribute('href') ?? '', (new Date(day).getUTCDay() + 6) % 7);
		await sam.page.goto(board + at);
	};
	let known = was;
	let seen = tag;
	/** What the calendar finds after something was done: a new tag, and one entry that is another. @param {string} uid @param {string} what */
	const changed = async (uid, what) => {
		const got = await ask(feed, { 'If-None-Match': seen });
		assert.equal(got.status, 200, `${what}: there is something new`);
		const now = entries(got.text);
		assert.deepEqual([...now.keys()].sort(), [...known.keys()].sort(), `${what}: no entry goes or comes`);
		for (const [id, one] of now) {
			if (id !== uid) assert.deepEqual(one, known.get(id), `${what}: the others stay as they are`);
		}
		const one = now.get(uid);
		assert.equal(one?.sequence, (known.get(uid)?.sequence ?? -9) + 1, `${what}: SEQUENCE goes up by one`);
		known = now;
		seen = got.headers.etag ?? '';
		assert.equal((await ask(feed, { 'If-None-Match': seen })).status, 304);
		return one;
	};

	// Edited: the night of spring begins an hour sooner.
	await shift(spring);
	await sam.press('details:has(#move-day) summary');
	await sam.page.$eval('#move-from', (n) => { /** @type {HTMLInputElement} */ (n).value = '21:00'; });
	await sam.follow('form:has(#move-day) button');
	const moved = await changed(springUID, 'moved');
	assert.deepEqual([moved?.start, moved?.hours, moved?.status], [inSpring.start.replace('T21:', 'T20:'), 8, 'CONFIRMED']);

	// Cancelled: the evening does not take place, and the night of autumn is taken off Robin.
	await shift(evening);
	await sam.press('details:has(#move-day) summary');
	await sam.press('form:has([value=cancel]) input[name=sure]');
	await sam.follow('form:has([value=cancel]) button');
	assert.equal((await changed(eveningUID, 'cancelled'))?.status, 'CANCELLED');
	await shift(autumn);
	await sam.follow('button[name=do][value=mind]');
	assert.equal((await changed(autumnUID, 'taken off'))?.status, 'CANCELLED');

	// Ended: the address is like one that never was, whatever is asked with it.
	await robin.page.goto(`${e.line.staff('counsellor')}/shifts/calendar`);
	await robin.follow('form[action="/shifts/calendar/end"] button');
	await robin.toRead(words('shifts.done.ended'));
	const never = await ask(feed.replace(/[\w-]{22,}(?=\.ics)/, (secret) => [...secret].reverse().join('')));
	for (const headers of /** @type {Record<string, string>[]} */ ([{}, { 'If-None-Match': seen }, { 'If-None-Match': '*' }])) {
		const gone = await ask(feed, headers);
		assert.deepEqual([gone.status, gone.text, gone.headers.etag, gone.headers['content-type']], [404, never.text, undefined, never.headers['content-type']]);
	}

	// A new address has the same entries, and the old one stays gone.
	const next = await subscribe('Calendar');
	assert.notEqual(next, feed);
	assert.deepEqual(entries((await ask(next)).text), known);
	assert.equal((await ask(feed)).status, 404);
}, { rota: true, staffOnly: true });
