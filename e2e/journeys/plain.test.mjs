import assert from 'node:assert/strict';
import { picture } from '../lib/browser.mjs';
import { journey } from '../lib/journey.mjs';
import { PlainVisitor } from '../lib/plain.mjs';
import { until } from '../lib/until.mjs';
import { words } from '../lib/words.mjs';

/** @param {import('../lib/journey.mjs').Evening} e */
async function together(e) {
	const counsellor = await e.counsellor();
	await counsellor.onDuty();
	const visitor = await PlainVisitor.on(e);
	await visitor.arrive();
	await visitor.type('I am not sure how to begin.');
	await counsellor.next();
	await visitor.toRead('words', words('ready.heading'));
	await visitor.press('words', 'yes');
	await counsellor.accept();
	await visitor.toRead('words', 'a person, not a computer');
	return { visitor, counsellor };
}

journey('somebody without scripts waits, talks and comes to the end like everybody else', async (e) => {
	const { visitor, counsellor } = await together(e);
	assert.equal(await visitor.unsent(), 'I am not sure how to begin.', 'what was typed while waiting still stands in the box');
	await visitor.press('write', 'say');
	await counsellor.toGet('I am not sure how to begin.');
	await until('the page shows that it has arrived', async () => (await visitor.messages())[0]?.state === words('js.state.delivered'));
	await counsellor.tell('That is fine. Take your time.');
	await visitor.toRead('words', 'That is fine. Take your time.');
	await visitor.say('I sleep badly.');
	await counsellor.toGet('I sleep badly.');
	assert.deepEqual(await visitor.texts(), await counsellor.texts());
	await picture(visitor.page, 'plain-talk', false);
	await counsellor.end();
	await visitor.toRead('words', words('js.closed.counsellor.h'));
	await visitor.toRead('words', words('after.next'));
	assert.equal((await visitor.texts()).length, 3, 'the words stay to be copied');
	await picture(visitor.page, 'plain-after', false);
});
