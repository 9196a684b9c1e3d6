import assert from 'node:assert/strict';
import { journey } from '../lib/journey.mjs';
import { together, Visitor } from '../lib/people.mjs';
import { never, until } from '../lib/until.mjs';

const secret = 'this is for your eyes only';

journey('promise: whoever opens the address next sees no word of the conversation', async (e) => {
	const { visitor, counsellor } = await together(e);
	await visitor.tell(secret);
	await counsellor.tell('I have read it');
	const alias = await visitor.page.evaluate(() => document.querySelector('#with')?.textContent ?? '');
	assert.notEqual(alias, '');
	await visitor.page.close();

	const other = new Visitor(e, await e.page(visitor.machine), visitor.machine);
	const nothing = async () => {
		const all = `${await other.page.content()} ${await other.page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]))}`;
		assert.ok(!all.includes(secret) && !all.includes('I have read it'), 'no word');
		assert.equal(await other.page.evaluate(() => document.querySelector('#with')?.textContent ?? ''), '', 'no name');
	};
	await other.open();
	await nothing();
	await other.page.goto(`${e.line.visitor}/en/talk`);
	await other.toSee('#again');
	await nothing();
	await other.press('#goon');
	await other.toTalk();
	await until('the counsellor is told that a new window came', () => counsellor.sees('#middle [data-window]'));
	const all = await other.page.content();
	assert.ok(!all.includes(secret) && !all.includes('I have read it'), 'no word after going on either');
	assert.deepEqual(await other.texts(), []);
	await counsellor.tell('Who is there?');
	await other.toGet('Who is there?');
	assert.deepEqual(await other.texts(), ['Who is there?']);
});

journey('a second tab takes the conversation, and the first can take it back', async (e) => {
	const { visitor, counsellor } = await together(e);
	await visitor.tell('from the first tab');
	const second = new Visitor(e, await e.page(visitor.machine), visitor.machine);
	await second.page.goto(`${e.line.visitor}/en/talk`);
	await second.press('#goon');
	await second.toTalk();
	await visitor.toSee('#taken');
	await second.tell('from the second tab');
	await visitor.page.bringToFront();
	await visitor.press('#here');
	// The words belong to the newer window now: this one asks again, keeps what it had, and is given nothing of the other's.
	await visitor.press('#goon');
	await visitor.toTalk();
	await second.toSee('#taken');
	assert.deepEqual(await visitor.texts(), ['from the first tab']);
	await visitor.tell('back in the first');
	await until('the counsellor has all three once and in order', async () =>
		JSON.stringify(await counsellor.texts()) === JSON.stringify(['from the first tab', 'from the second tab', 'back in the first']));
	await never('the second tab shows what is said in the first', async () => (await second.texts()).includes('back in the first'), 800);
});

journey('a second tab of the counsellor takes the conversation, and the first can take it back', async (e) => {
	const { visitor, counsellor } = await together(e);
	await visitor.tell('one');
	const page = await e.page(counsellor.machine);
	await page.goto(counsellor.page.url());
	await counsellor.toSee(counsellor.places.taken);
	await counsellor.page.bringToFront();
	await counsellor.press(counsellor.places.use);
	await counsellor.toTalk();
	await counsellor.tell('two');
	await visitor.toGet('two');
	assert.deepEqual(await visitor.texts(), ['one', 'two']);
});
