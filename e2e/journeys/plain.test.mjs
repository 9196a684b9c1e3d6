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
	await e.line.kill();
	await e.line.restart();
	await visitor.toRead('words', words('js.line.interrupted'), 40_000);
	// The words come from the counsellor's page, which comes back in its own time.
	const all = ['I am not sure how to begin.', 'That is fine. Take your time.', 'I sleep badly.'];
	await until('all words are back', async () => (await visitor.texts()).length >= all.length);
	assert.deepEqual(await visitor.texts(), all);
	await visitor.say('Are you still there?');
	await counsellor.toGet('Are you still there?');
	// A card for the next time: the question, the code once, and what is said afterwards.
	const desk = counsellor.page;
	await desk.bringToFront();
	await desk.$eval('[data-keep]', (n) => { /** @type {HTMLDetailsElement} */ (n).open = true; });
	await desk.type('[data-keep] textarea', 'We talked about sleep.');
	await desk.$eval('[data-keep] form', (n) => /** @type {HTMLFormElement} */ (n).requestSubmit());
	await visitor.toRead('words', words('js.keep.ask'));
	await picture(visitor.page, 'plain-card', false);
	await visitor.press('words', 'keep');
	await visitor.toRead('words', words('js.keep.once'));
	assert.match(await visitor.text('words'), /([a-z]{5}-){5}[a-z]{5}/);
	await picture(visitor.page, 'plain-code', false);
	await visitor.press('words', 'noted');
	await visitor.toRead('words', words('js.keep.safe'));
	assert.doesNotMatch(await visitor.text('words'), /([a-z]{5}-){5}[a-z]{5}/);
	await until('the counsellor sees the card', () => desk.evaluate(() => document.querySelector('#middle [data-log], #middle .log')?.textContent?.split('We talked about sleep.').length === 3));
	await counsellor.end();
	await visitor.toRead('words', words('js.closed.counsellor.h'));
	await visitor.toRead('words', words('after.next'));
	assert.ok((await visitor.texts()).includes('Are you still there?'), 'the words stay to be copied');
	await picture(visitor.page, 'plain-after', false);
});

journey('somebody without scripts leaves quickly: the page is elsewhere and the conversation has ended', async (e) => {
	const { visitor, counsellor } = await together(e);
	await visitor.say('I have to go.');
	await visitor.page.$eval('[data-exit] button', (b) => /** @type {HTMLElement} */ (b).click());
	await until('the page is elsewhere', async () => !visitor.page.url().startsWith(e.line.visitor + '/'));
	await counsellor.toEnd();
	void visitor.page.goBack().catch(() => undefined);
	await until('Back shows no word', async () => {
		const shown = await Promise.all(visitor.page.frames().map((f) => f.evaluate(() => document.body?.innerText ?? '').catch(() => '')));
		return shown.some((t) => t.length > 0) && !shown.join(' ').includes('I have to go.');
	});
});
