// A draft that stands sealed comes back though the line was busy when its page asked.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { mock, test } from 'node:test';

const source = await readFile(new URL('../../static/js/note.js', import.meta.url), 'utf8');
const alone = source.replaceAll(/^import .*$/gm, '');
assert.notEqual(alone, source);

test('a draft is asked for again while there is no answer, and not over what somebody types', async () => {
	mock.timers.enable({ apis: ['setTimeout'] });
	/** @type {string[]} */ let answers = [];
	let asked = 0;
	Object.assign(globalThis, { post: async () => ({ why: answers[asked++] ?? 'network', body: { text: 'sealed' } }) });
	const { Note } = await import(`data:text/javascript,${encodeURIComponent(alone)}`);
	const begin = () => {
		asked = 0;
		/** @type {any[]} */ const filled = [];
		const note = Object.assign(Object.create(Note.prototype), { urls: { draft: '/draft' }, touched: false, wiped: false, fill: (/** @type {any} */ d) => filled.push(d.text) });
		return { note, filled };
	};
	const pass = async () => {
		mock.timers.tick(2000);
		for (let i = 0; i < 20; i++) await Promise.resolve();
	};
	answers = ['network', 'busy', 'saved'];
	const { note, filled } = begin();
	await note.restore();
	assert.deepEqual([asked, filled], [1, []]);
	await pass();
	await pass();
	assert.deepEqual([asked, filled], [3, ['sealed']]);
	await pass();
	assert.equal(asked, 3, 'it came and is asked for again');

	for (const what of ['touched', 'wiped']) {
		answers = ['busy', 'saved'];
		const one = begin();
		await one.note.restore();
		one.note[what] = true;
		await pass();
		assert.deepEqual([asked, one.filled], [1, []], what);
	}
	answers = ['gone', 'saved'];
	await begin().note.restore();
	await pass();
	assert.equal(asked, 1, 'there is none');
});
