import assert from 'node:assert/strict';
import { journey } from '../lib/journey.mjs';
import { until } from '../lib/until.mjs';
import { words } from '../lib/words.mjs';

/**
 * Goes to an element with the Tab key alone.
 * @param {import('../lib/people.mjs').Visitor | import('../lib/people.mjs').Counsellor} person
 * @param {string} selector
 */
async function tabTo(person, selector) {
	await person.page.bringToFront(); // keys go to the window in front
	await person.toSee(selector);
	for (let i = 0; i < 60; i++) {
		const way = await person.page.evaluate((s) => {
			const to = document.querySelector(s);
			const at = document.activeElement;
			if (!to || to === at) return to ? 'there' : 'forward';
			return at && at.compareDocumentPosition(to) & Node.DOCUMENT_POSITION_PRECEDING ? 'back' : 'forward';
		}, selector);
		if (way === 'there') return;
		if (way === 'back') await person.page.keyboard.down('Shift');
		await person.page.keyboard.press('Tab');
		if (way === 'back') await person.page.keyboard.up('Shift');
	}
	throw new Error(`the Tab key does not reach ${selector}`);
}

journey('a visitor and a counsellor come through a whole conversation by keyboard alone', async (e) => {
	const counsellor = await e.counsellor();
	await tabTo(counsellor, '#on');
	await counsellor.page.keyboard.press('Enter');
	const visitor = await e.visitor();
	await visitor.toFind();
	await visitor.page.bringToFront();
	await visitor.page.keyboard.press('Tab');
	assert.ok(await visitor.page.evaluate(() => document.activeElement?.matches('.skip')), 'first the way past the head of the page');
	await visitor.page.keyboard.press('Tab');
	assert.ok(await visitor.page.evaluate(() => document.activeElement?.matches('[data-exit] button')), 'second the way out');
	await tabTo(visitor, 'button[name=door][value=self]');
	await visitor.page.keyboard.press('Enter');
	await tabTo(visitor, 'form.go button[type=submit]');
	await visitor.page.keyboard.press('Enter');
	await visitor.toSee('#waiting');
	await tabTo(counsellor, '#next');
	await counsellor.page.keyboard.press('Enter');
	await tabTo(visitor, '#yes');
	await visitor.page.keyboard.press('Enter');
	await tabTo(counsellor, '#accept');
	await counsellor.page.keyboard.press('Enter');
	await visitor.toTalk();
	await until('the message box has the focus by itself', () => visitor.page.evaluate(() => document.activeElement?.id === 'box'));
	await visitor.page.bringToFront();
	await visitor.page.keyboard.type('without a mouse');
	await visitor.page.keyboard.press('Enter');
	await counsellor.toGet('without a mouse');
	await tabTo(counsellor, counsellor.places.box);
	await counsellor.page.keyboard.type('me too');
	await counsellor.page.keyboard.press('Enter');
	await visitor.toGet('me too');
	assert.ok(await visitor.page.evaluate(() => document.activeElement?.id === 'box'), 'the focus stays in the message box');
	await visitor.page.bringToFront();
	await visitor.page.keyboard.type('two lines');
	await visitor.page.keyboard.down('Shift');
	await visitor.page.keyboard.press('Enter');
	await visitor.page.keyboard.up('Shift');
	assert.equal(await visitor.unsent(), 'two lines\n');
	await tabTo(visitor, '#talking [data-end]');
	await visitor.page.keyboard.press('Enter');
	await tabTo(visitor, '#endyes');
	await visitor.page.keyboard.press('Enter');
	await visitor.toRead(words('js.closed.visitor.h'));
	await counsellor.toEnd();
});
