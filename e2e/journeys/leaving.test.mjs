import assert from 'node:assert/strict';
import { journey } from '../lib/journey.mjs';
import { together, Visitor } from '../lib/people.mjs';
import { until } from '../lib/until.mjs';

/**
 * Waits until the page shows nothing of ours any more: blank, or another page. One
 * that still shows something when it is asked after two seconds is not blank at once;
 * one that gives no answer, as it is just going elsewhere, is asked again.
 * @param {Visitor} visitor
 */
async function blank(visitor) {
	const end = performance.now() + 2000;
	const shown = await until('the page says what it shows', async () => {
		const asked = performance.now();
		const { pathname, host } = new URL(visitor.page.url());
		if (host !== new URL(visitor.evening.line.visitor).host || !pathname.startsWith('/en')) return 'nothing';
		const text = await visitor.page.evaluate(() => (document.body?.innerText ?? '').trim());
		return text === '' ? 'nothing' : asked > end && text;
	});
	assert.equal(shown, 'nothing', 'the page is not blank at once');
}

/** Waits until the browser is somewhere that has nothing to do with us. @param {Visitor} visitor */
async function elsewhere(visitor) {
	await until('the browser is elsewhere', () => {
		const { pathname, host } = new URL(visitor.page.url());
		return host !== new URL(visitor.evening.line.visitor).host || !pathname.startsWith('/en');
	});
}

/** @param {Visitor} visitor @param {string} word */
async function backShowsNothing(visitor, word) {
	await visitor.page.goBack({ waitUntil: 'domcontentloaded' }).catch(() => null);
	await until('Back has settled', () => visitor.page.evaluate(() => document.readyState === 'complete'));
	const html = await visitor.page.content();
	assert.ok(!html.includes(word), 'Back shows no word of the conversation');
	assert.equal(await visitor.page.evaluate(() => sessionStorage.length), 0, 'the tab secret is gone');
}

journey('promise: leave in one move by the button: blank, elsewhere, nothing behind Back, ended', async (e) => {
	const { visitor, counsellor } = await together(e);
	await visitor.tell('somebody comes in');
	await visitor.press('[data-exit] button');
	await blank(visitor);
	await counsellor.toEnd();
	await elsewhere(visitor);
	await backShowsNothing(visitor, 'somebody comes in');
	const next = new Visitor(e, await e.page(visitor.machine), visitor.machine);
	await next.page.goto(`${e.line.visitor}/en/talk`);
	assert.equal(new URL(next.page.url()).pathname, '/en/', 'the place is gone: the front page');
});

journey('promise: leave in one move by pressing Shift three times', async (e) => {
	const { visitor, counsellor } = await together(e);
	await visitor.tell('somebody comes in');
	const keys = visitor.page.keyboard;
	await keys.press('Shift');
	await keys.press('Shift');
	await keys.press('a');
	await keys.press('Shift');
	assert.ok(await visitor.sees('#talking'), 'another key between cancels');
	await keys.press('Shift');
	await keys.press('Shift');
	await blank(visitor);
	await counsellor.toEnd();
	await elsewhere(visitor);
	await backShowsNothing(visitor, 'somebody comes in');
});

journey('promise: leave in one move with the network cut: blank at once, and dead at the next request', async (e) => {
	const { visitor, counsellor } = await together(e);
	await visitor.tell('somebody comes in');
	e.network.set('localhost', 'silent');
	await visitor.press('[data-exit] button');
	await blank(visitor);
	await visitor.page.close();
	e.network.set('localhost', 'open');
	const next = new Visitor(e, await e.page(visitor.machine), visitor.machine);
	await next.page.goto(`${e.line.visitor}/en/talk`);
	assert.equal(new URL(next.page.url()).pathname, '/en/', 'whoever comes next is a stranger');
	await counsellor.toEnd();
});

journey('promise: leave in one move with the network cut for good: over on the server within two minutes', async (e) => {
	const { visitor, counsellor } = await together(e);
	await visitor.tell('somebody comes in');
	e.network.set('localhost', 'cut');
	await visitor.press('[data-exit] button');
	await blank(visitor);
	const start = performance.now();
	await until('the counsellor sees that the visitor has gone', async () => (await counsellor.sees('#middle [data-presence=gone]')) || (await counsellor.sees(counsellor.places.ended)), 135_000);
	assert.ok(performance.now() - start < 130_000);
});
