// What a note is looked at for, on the counsellor's page alone.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

const source = await readFile(new URL('../../static/js/hints.js', import.meta.url), 'utf8');
/** @type {{ hints: (text: string) => { kind: string, text: string }[] }} */
const { hints } = await import(`data:text/javascript,${encodeURIComponent(source)}`);

const found = (/** @type {string} */ text) => hints(text).map((h) => `${h.kind}: ${h.text}`).sort();

for (const [text, ...want] of /** @type {[string, ...string[]][]} */ ([
	['Sleeps badly. Wants to talk to the doctor on Monday, and to come back in March.'],
	['Is 34 years old, came for the 2nd time, sleeps 4 hours. Level 3 of 10.'],
	['Slaapt slecht sinds het voorjaar; belt maandag de huisarts.'],
	['Lives with Anna de Vries.', 'name: Anna'],
	['Brother is called Jan-Willem.', 'name: Jan-Willem'],
	['Belt mevrouw Jansen terug.', 'name: Jansen'],
	['Call 06 1234 5678 after six.', 'number: 06 1234 5678'],
	['Or +44 20 7946 0000.', 'number: +44 20 7946 0000'],
	['Born 12-03-1987.', 'number: 12-03-1987'],
	['Account NL91 ABNA 0417 1643 00.', 'number: NL91 ABNA 0417 1643 00'],
	['Write to someone@example.org or @someone12.', 'address: @someone12', 'address: someone@example.org'],
	['Woont Kerkstraat 12, 1234 AB.', 'address: 1234 AB', 'address: Kerkstraat 12'],
	['At 12 Station Road.', 'address: 12 Station Road'],
])) {
	test(`"${text}" shows ${want.join(', ') || 'nothing'}`, () => {
		const got = found(text);
		for (const one of want) assert.ok(got.some((g) => g === one || g.startsWith(`${one} `)), `${one} in ${got.join(', ')}`);
		if (!want.length) assert.deepEqual(got, []);
	});
}

test('a long note is looked at quickly, whatever stands in it', () => {
	for (const piece of ['1 ', 'A', 'a.', '-1', 'Aa ', '1234 ', 'straat ', 'é'.repeat(3), '@a', 'www.']) {
		const text = piece.repeat(2000 / piece.length);
		// What the work costs, not what the clock says: the machine has others to work for. What grows
		// too fast with the length of a text would take a thousand times of this.
		const costs = [1, 2, 3].map(() => {
			const began = process.cpuUsage();
			hints(text);
			return process.cpuUsage(began).user / 1000;
		});
		assert.ok(Math.min(...costs) < 50, `${piece} costs ${costs.join(', ')} ms`);
	}
	assert.ok(hints('Anna Bert Carl Dora Emil '.split(' ').map((n) => `and ${n},`).join(' ')).length <= 5);
});
