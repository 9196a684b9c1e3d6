import assert from 'node:assert/strict';
import { journey } from '../lib/journey.mjs';
import { together } from '../lib/people.mjs';
import { until } from '../lib/until.mjs';
import { words } from '../lib/words.mjs';

/** A page whose road was cut tries again after at most 15 s, and what was said meanwhile comes after that. */
const back = 45_000;

/**
 * Both screens show exactly these texts, in this order.
 * @param {import('../lib/people.mjs').Visitor} visitor
 * @param {import('../lib/people.mjs').Counsellor} counsellor
 * @param {string[]} wanted
 */
async function bothShow(visitor, counsellor, wanted) {
	for (const p of [visitor, counsellor]) {
		let seen = '';
		await until(`${p.constructor.name} shows ${wanted.length} messages`, async () => {
			seen = JSON.stringify(await p.texts());
			if (seen === JSON.stringify(wanted)) return true;
			throw new Error(`it shows ${seen}`);
		}, back);
	}
	await until('everything the visitor wrote has arrived', async () =>
		(await visitor.messages()).filter((m) => m.mine).every((m) => m.state === 'delivered'), back);
}

journey('promise: the thread is not lost when both pages are loaded again in mid-sentence', async (e) => {
	const { visitor, counsellor } = await together(e);
	await visitor.tell('one');
	await counsellor.tell('two');
	await visitor.type('half a sent');
	await visitor.reload();
	await visitor.toTalk();
	await counsellor.type('half an ans');
	await counsellor.reload();
	await counsellor.toTalk();
	await bothShow(visitor, counsellor, ['one', 'two']);
	await visitor.tell('three');
	await counsellor.tell('four');
	await bothShow(visitor, counsellor, ['one', 'two', 'three', 'four']);
});

journey('promise: the thread is not lost when the network goes and comes back', async (e) => {
	const { visitor, counsellor } = await together(e);
	await visitor.tell('one');
	e.network.set('localhost', 'cut');
	await visitor.toRead(words('js.line.waiting'));
	await visitor.say('written without a network');
	await visitor.toKnow('written without a network', 'sending');
	await counsellor.say('said meanwhile');
	e.network.set('localhost', 'open');
	await visitor.toGet('said meanwhile', back);
	await counsellor.toGet('written without a network');
	e.network.set('counsellor.localhost', 'cut');
	await visitor.say('while you were away');
	e.network.set('counsellor.localhost', 'open');
	await counsellor.toGet('while you were away', back);
	const order = await counsellor.texts(); // whose page has the places of all
	assert.equal(order.length, 4);
	await bothShow(visitor, counsellor, order);
});

journey('promise: the thread is not lost when the server is killed with a message unsent and another undelivered', async (e) => {
	const { visitor, counsellor } = await together(e);
	await visitor.tell('one');
	await counsellor.tell('two');
	e.network.set('counsellor.localhost', 'cut');
	await visitor.say('held when the server dies');
	await visitor.toKnow('held when the server dies', 'held');
	await e.line.kill();
	await visitor.toRead(words('js.line.waiting'));
	await visitor.say('written while nobody is there');
	await visitor.toKnow('written while nobody is there', 'sending');
	await e.line.restart();
	e.network.set('counsellor.localhost', 'open');
	await bothShow(visitor, counsellor, ['one', 'two', 'held when the server dies', 'written while nobody is there']);
	await counsellor.tell('I am back');
	await bothShow(visitor, counsellor, ['one', 'two', 'held when the server dies', 'written while nobody is there', 'I am back']);
});

journey('promise: the thread is not lost when the program is replaced in mid-conversation', async (e) => {
	const { visitor, counsellor } = await together(e);
	await visitor.tell('before');
	await e.line.stop();
	await e.line.restart();
	await visitor.say('after');
	await bothShow(visitor, counsellor, ['before', 'after']);
	await counsellor.tell('still here');
	await bothShow(visitor, counsellor, ['before', 'after', 'still here']);
});

journey('promise: the place in the queue is kept over a reload, a closed tab and a killed server', async (e) => {
	const counsellor = await e.counsellor();
	await counsellor.onDuty();
	const first = await e.visitor();
	await first.arrive();
	await first.toRead(words('js.place.first'));
	const second = await e.visitor();
	await second.arrive();
	const place = await until('the second visitor knows the place', () => second.page.evaluate(() => document.querySelector('#place')?.textContent ?? ''));
	assert.notEqual(place, words('js.place.first'));

	await first.reload();
	await first.toRead(words('js.place.first'));
	await first.page.close();
	await e.line.kill();
	await e.line.restart();
	await until('the second visitor has the line again', async () => (await second.page.evaluate(() => document.querySelector('#place')?.textContent ?? '')) === place);
	const again = await e.visitor(first.machine);
	await again.open();
	await again.follow('button[name=door][value=self]');
	await again.press('#goon');
	await again.toRead(words('js.place.first'));
	await until('the second visitor is still second', async () => (await second.page.evaluate(() => document.querySelector('#place')?.textContent ?? '')) === place);
});
