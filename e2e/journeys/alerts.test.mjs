// What stands above a page that stands open is asked for anew: how often, and that nothing ends it.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { mock, test } from 'node:test';

const source = await readFile(new URL('../../static/js/places.js', import.meta.url), 'utf8');
const alone = source.replace("import { post } from './post.js';", 'const { post } = globalThis;');
assert.notEqual(alone, source);

test('an open page asks every 20 s while it is seen, and no answer ends that', async () => {
	mock.timers.enable({ apis: ['setTimeout'] });
	let asked = 0;
	/** @type {() => any} */ let answer = () => ({ alerts: [] });
	/** @type {any[]} */ const shown = [];
	/** @type {any[]} */ let standing = [];
	let turned = () => {}; // the page is seen, or not any more
	const top = { getAttribute: () => 'people', querySelectorAll: () => standing, append: (/** @type {any} */ p) => shown.push(p) };
	const page = {
		hidden: false,
		querySelector: (/** @type {string} */ s) => (s === 'header.top' ? top : null),
		createElement: () => ({ setAttribute() {}, append() {}, replaceChildren() {} }),
		addEventListener: (/** @type {string} */ kind, /** @type {() => void} */ f) => { if (kind === 'visibilitychange') turned = f; },
	};
	Object.assign(globalThis, {
		document: page, addEventListener: () => {},
		post: async () => { asked++; return { why: 'saved', body: answer() }; },
	});
	await import(`data:text/javascript,${encodeURIComponent(alone)}`);
	const pass = async (/** @type {number} */ ms) => {
		mock.timers.tick(ms);
		for (let i = 0; i < 20; i++) await Promise.resolve();
	};
	await pass(19_999);
	assert.equal(asked, 0);
	for (const [i, odd] of [() => ({ alerts: [null] }), () => ({}), () => null, () => { throw new Error('none'); }, () => ({ locked: true })].entries()) {
		answer = odd;
		await pass(i ? 20_000 : 1);
		assert.equal(asked, i + 1, 'it asks no more');
	}
	answer = () => ({ alerts: [{ text: 'Somebody is ill', href: '/rota/swaps' }] });
	await pass(20_000);
	assert.deepEqual([asked, shown.length], [6, 1]);

	// What stands there goes when it is over, and not when the server could not look.
	let gone = 0;
	standing = [{ textContent: 'Somebody is ill', contains: () => false, remove: () => gone++ }];
	answer = () => ({ alerts: [{ text: 'A gap' }], unsure: true });
	await pass(20_000);
	assert.deepEqual([gone, shown.length], [0, 2], 'it takes away what nobody could look at, or says nothing new');
	answer = () => ({ alerts: [], unsure: false });
	await pass(20_000);
	assert.equal(gone, 1, 'it stays for ever');
	standing = [];
	asked = 6; // counted on from before

	page.hidden = true;
	turned();
	for (let i = 0; i < 5; i++) await pass(20_000);
	assert.equal(asked, 6, 'it asks while nobody sees it');
	page.hidden = false;
	turned();
	await pass(0);
	assert.equal(asked, 7, 'it does not ask when it is seen again');
	turned();
	await pass(0);
	await pass(20_000);
	assert.equal(asked, 9, 'two loops run');
	await pass(20_000);
	assert.equal(asked, 10, 'two loops run');
});
