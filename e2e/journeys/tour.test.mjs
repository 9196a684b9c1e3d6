import assert from 'node:assert/strict';
import { journey } from '../lib/journey.mjs';
import { Counsellor } from '../lib/people.mjs';
import { until } from '../lib/until.mjs';

journey('the tour ticks its tasks by what really happens', async (e) => {
	const reader = await e.visitor();
	await reader.page.goto(`${e.line.visitor}/tour`);
	const done = () => reader.page.evaluate(() => [...document.querySelectorAll('[data-task][data-done=true]')].map((t) => t.getAttribute('data-task')));
	const ticked = (/** @type {string[]} */ tasks) => until(`the tour has ticked ${tasks.join(', ')}`, async () => JSON.stringify(await done()) === JSON.stringify(tasks));
	assert.deepEqual(await done(), []);
	const counsellor = await e.counsellor();
	assert.deepEqual(await done(), []);
	await counsellor.onDuty();
	await ticked(['duty']);
	const visitor = await e.visitor();
	await visitor.arrive();
	await ticked(['duty', 'start']);
	await counsellor.next();
	await visitor.ready();
	await counsellor.accept();
	await ticked(['duty', 'start', 'accept']);
	await visitor.tell('one');
	await counsellor.tell('two');
	await ticked(['duty', 'start', 'accept', 'words']);
	await visitor.reload();
	await visitor.toGet('two');
	await ticked(['duty', 'start', 'accept', 'words', 'reload']);
	await visitor.end();
	await ticked(['duty', 'start', 'accept', 'words', 'reload', 'close']);
	const supervisor = await e.supervisor();
	await supervisor.page.goto(`${e.line.staff('supervisor')}/board`);
	await ticked(['duty', 'start', 'accept', 'words', 'reload', 'close', 'board']);
	await counsellor.page.goto(`${e.line.staff('counsellor')}/shifts/open`);
	await counsellor.follow('.chance form[action^="/shifts/open/"] button');
	await ticked(['duty', 'start', 'accept', 'words', 'reload', 'close', 'board', 'shift']);
}, { rota: true });

journey('a link of the tour logs in once', async (e) => {
	const counsellor = await e.counsellor();
	const reader = await e.visitor();
	await reader.page.goto(`${e.line.visitor}/tour`);
	const link = await reader.page.evaluate(() => document.querySelector('[data-link=counsellor]')?.getAttribute('href') ?? '');
	await reader.page.goto(new URL(link, e.line.visitor).href);
	await reader.follow('#in');
	const m = await e.machine();
	const late = new Counsellor(e, await e.page(m), m);
	await late.page.goto(new URL(link, e.line.visitor).href);
	assert.equal(await late.sees('#in'), false);
	assert.ok(await counsellor.sees('#on'));
});

journey('simulated visitors come, wait and talk by themselves', async (e) => {
	const counsellor = await e.counsellor();
	await counsellor.onDuty();
	await until('somebody waits', () => counsellor.page.evaluate(() => /[1-9]/.test(document.querySelector('#wait-words')?.textContent ?? '')), 60_000);
	await counsellor.next();
	await counsellor.toSee('#accept', 60_000); // people take a while to say yes, and some are asked twice
	await counsellor.accept();
	const theirs = async () => (await counsellor.messages()).filter((m) => !m.mine).length;
	await until('the visitor says something', async () => (await theirs()) > 0, 60_000);
	const before = await theirs(); // whoever is quick has answered before it is known that this has arrived
	await counsellor.tell('Good evening. I am listening.');
	await until('the visitor goes on', async () => (await theirs()) > before, 60_000);
}, { visitors: 2, staffOnly: true });
