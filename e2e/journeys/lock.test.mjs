// The locked screen: it covers what was there, what runs goes on underneath,
// and unlocking brings everything back.
import assert from 'node:assert/strict';
import { journey } from '../lib/journey.mjs';
import { together } from '../lib/people.mjs';
import { until } from '../lib/until.mjs';
import { picture } from '../lib/browser.mjs';

journey('a counsellor locks the screen in the middle of a conversation, and finds everything again', async (e) => {
	const { visitor, counsellor } = await together(e);
	await visitor.tell('the heron is back');
	await counsellor.toGet('the heron is back');
	await counsellor.type('half a sen');
	await counsellor.page.keyboard.down('Alt');
	await counsellor.page.keyboard.press('KeyL');
	await counsellor.page.keyboard.up('Alt');
	await counsellor.toSee('#lock');
	await picture(counsellor.page, 'locked');
	const shown = () => counsellor.page.evaluate(() => [...document.querySelectorAll('body > :not(#lock)')].some((n) => n.checkVisibility({ visibilityProperty: true })));
	assert.equal(await shown(), false, 'something can be seen behind the lock');
	assert.equal(await counsellor.page.evaluate(() => document.activeElement?.closest('#lock') !== null), true, 'the keyboard is not in the lock');
	// Nothing behind it opens, in no other window either.
	const other = await e.page(counsellor.machine);
	await other.goto(`${e.line.staff('counsellor')}/notes`);
	assert.match(other.url(), /\/unlock\?back=%2Fnotes$/);

	// The conversation goes on underneath, and says that there is something new.
	// It counts as delivered once it has been on a screen that is not covered.
	await visitor.say('are you still there');
	await visitor.toKnow('are you still there', 'held');
	await counsellor.toSee('#lock [data-lock-wrote]');
	await counsellor.page.keyboard.press('Escape');
	await counsellor.page.keyboard.press('Escape');
	assert.equal(await shown(), false, 'Escape opened the lock');

	await counsellor.press('#lock [data-lock-form] button');
	await counsellor.notToSee('#lock');
	await counsellor.toGet('are you still there');
	await visitor.toKnow('are you still there', 'delivered');
	assert.equal(await counsellor.unsent(), 'half a sen');
	await counsellor.page.focus('#say');
	await counsellor.page.keyboard.type('tence');
	await counsellor.page.keyboard.press('Enter');
	await visitor.toGet('half a sentence');
	await other.goto(`${e.line.staff('counsellor')}/notes`);
	assert.match(other.url(), /\/notes$/);

	// And by itself, when nobody has touched it for long.
	await counsellor.page.evaluate(() => document.getElementById('lock')?.setAttribute('data-idle', '1'));
	await counsellor.toSee('#lock');
	await until('the other window is covered too', () => other.evaluate(() => document.documentElement.dataset['locked'] === 'true'));
}, { staffOnly: true });
