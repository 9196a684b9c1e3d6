// A shift leader does not come. Visitors read what is so, whoever waits keeps the
// place, a conversation goes on; and the line opens in the moment she is there.
import assert from 'node:assert/strict';
import { faults, tooWide } from '../lib/axe.mjs';
import { picture } from '../lib/browser.mjs';
import { journey } from '../lib/journey.mjs';
import { Visitor } from '../lib/people.mjs';
import { clockIn, invite, join, publish, set, zoneAt } from '../lib/team.mjs';
import { PATIENCE, until } from '../lib/until.mjs';
import { words } from '../lib/words.mjs';

/** Looks at a page narrow and wide, by day and by night. @param {{ page: import('puppeteer-core').Page }} who @param {string} name */
async function look({ page }, name) {
	for (const width of [1280, 390]) {
		await page.setViewport({ width, height: 800 });
		assert.deepEqual(await tooWide(page), [], `${name} at ${width}`);
		for (const scheme of ['dark', 'light']) {
			await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
			if (width === 390) assert.deepEqual(await faults(page), [], `${name}, ${scheme}`);
			await picture(page, `late-${name}-${width}-${scheme}`);
		}
	}
}

journey('promise: a leader does not check in, and the line tells the truth without slamming shut', async (e) => {
	const began = Date.now();
	const zone = zoneAt(19);
	const line = await set(e, `time_zone = "${zone}"`);
	const anna = await join(e, line.join, 'Anna');
	const links = [await invite(anna, 'Lea Smit', ['leader']), await invite(anna, 'Ned Smit'), await invite(anna, 'Mia Smit')];
	const [lea, ned, mia] = [await join(e, links[0] ?? '', 'Lea'), await join(e, links[1] ?? '', 'Ned'), await join(e, links[2] ?? '', 'Mia')];

	// Two were enough until now; from a minute on that comes soon Lea is planned too. What
	// must be done before it takes less time than coming in took, on whatever machine.
	const room = Math.max(30_000, 2 * (Date.now() - began));
	const soon = Math.ceil((Date.now() + room) / 60_000) * 60_000;
	const { day, time: change } = clockIn(zone, (soon + 1000 - Date.now()) / 60_000);
	const both = `18:00-${change}; ${change}-23:00`;
	await publish(e, anna, 'team', `name,${day}\nNed Smit,${both}\nMia Smit,${both}\nLea Smit,${change}-23:00 leader\n`);
	for (const who of [ned, mia]) {
		await who.page.goto(`${line.desk}/desk`);
		await who.onDuty();
	}
	const talks = await e.visitor();
	await until('the line is open', async () => {
		await talks.open();
		return talks.sees('button[name=door][value=self]');
	});
	await talks.arrive();
	await ned.next();
	await talks.ready();
	await ned.accept();
	await talks.toTalk();
	await talks.tell('I have never told this to anybody.');
	await ned.toGet('I have never told this to anybody.');
	const waits = await e.visitor();
	await waits.arrive('relative', 'nl');
	assert.ok(Date.now() < soon, 'the journey was too slow for its minute');

	// The shift begins without her.
	await waits.toRead(words('js.told.paused', {}, 'nl'), soon - Date.now() + PATIENCE);
	await look(waits, 'waits');
	for (const locale of ['en', 'nl']) {
		const machine = await e.machine();
		const late = new Visitor(e, await e.page(machine), machine);
		await late.page.setJavaScriptEnabled(false);
		await late.open(locale);
		await late.toRead(words('line.short.h', {}, locale));
		await late.toSee('a[data-step]'); // a message can be left
		assert.equal(await late.sees('button[name=door][value=self]'), false, 'nobody new starts a chat');
		await look(late, `front-${locale}`);
	}
	await ned.tell('You have all the time you need.');
	await talks.toGet('You have all the time you need.');
	await talks.tell('Thank you.');
	await anna.page.goto(`${line.desk}/board`);
	await anna.toRead(words('attend.state.due'));
	await anna.toRead(words('hand.state.short'));
	await look(anna, 'board');

	// She comes after all, and says so on the board.
	await lea.page.goto(`${line.desk}/board`);
	await look(lea, 'lea-board');
	await lea.follow('form[action="/board/here"] button[value=here]');
	await lea.toRead(words('hand.state.open'));
	await until('who waits reads that it goes on', async () => !(await waits.text()).includes(words('js.told.paused', {}, 'nl')));
	await mia.next();
	await waits.ready();
	await mia.accept();
	await waits.toTalk();
	await waits.tell('Ik ben er nog.');
	await talks.tell('I am still here too.');
	const next = await e.visitor();
	await next.open();
	await next.toSee('button[name=door][value=self]');
}, { earnest: true, staffOnly: true });
