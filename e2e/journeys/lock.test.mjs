// The locked screen: it covers what was there, what runs goes on underneath,
// and unlocking brings everything back.
import assert from 'node:assert/strict';
import { picture } from '../lib/browser.mjs';
import { journey } from '../lib/journey.mjs';
import { together } from '../lib/people.mjs';
import { until } from '../lib/until.mjs';

journey('a counsellor locks the screen in the middle of a conversation, and finds everything again', async (e) => {
	const { visitor, counsellor } = await together(e);
	const { page } = counsellor;
	await visitor.tell('the heron is back');
	await counsellor.toGet('the heron is back');
	await counsellor.type('half a sen');
	await counsellor.press('#middle [data-note-tab]');
	await page.type('#middle [data-note] textarea', 'Half a no');
	await page.keyboard.down('Alt');
	await page.keyboard.press('KeyL');
	await page.keyboard.up('Alt');
	await counsellor.toSee('#lock');
	await picture(page, 'locked');
	const shown = () => page.evaluate(() => [...document.querySelectorAll('body > :not(#lock)')].some((n) => n.checkVisibility({ visibilityProperty: true })));
	assert.equal(await shown(), false, 'something can be seen behind the lock');
	assert.equal(await page.evaluate(() => document.activeElement?.closest('#lock') !== null), true, 'the keyboard is not in the lock');
	// The server opens nothing either, whoever asks with this login.
	await until('the server has locked', () => page.evaluate(async () => (await fetch('/notes')).status === 423));

	// The conversation and the queue go on underneath, and say that there is something
	// new. It counts as delivered once it has been on a screen that is not covered.
	await visitor.say('are you still there');
	await counsellor.toSee('#lock [data-lock-wrote]');
	const queue = () => page.$eval('#lock [data-lock-queue]', (n) => n.textContent);
	const before = await queue();
	await (await e.visitor()).arrive();
	await until('the queue counts on', async () => (await queue()) !== before);
	await picture(page, 'locked-news');
	await page.bringToFront();
	for (const _ of 'twice') await page.keyboard.press('Escape');
	await counsellor.toSee('#lock');
	assert.equal(await shown(), false, 'Escape opened the lock');
	await visitor.toKnow('are you still there', 'held');

	await counsellor.press('#lock [data-lock-form] button[type=submit]');
	await counsellor.notToSee('#lock');
	await visitor.toKnow('are you still there', 'delivered');
	assert.equal(await page.$eval('#middle [data-note] textarea', (n) => n.value), 'Half a no');
	assert.equal(await counsellor.unsent(), 'half a sen');
	await page.type('#middle [data-note] textarea', 'te');
	await until('the note is sealed again', () => page.$eval('#middle [data-note] [data-state]', (n) => n.getAttribute('data-state') === 'sealed'));
	await page.focus('#say');
	await page.keyboard.type('tence');
	await page.keyboard.press('Enter');
	await visitor.toGet('half a sentence');

	// And by itself, when nobody has touched it for long.
	await page.evaluate(() => document.getElementById('lock')?.setAttribute('data-idle', '1'));
	await counsellor.toSee('#lock');
}, { staffOnly: true });
