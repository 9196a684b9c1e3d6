// Addresses a visitor types are hidden on the desk: which pieces of a text they are.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

const source = await readFile(new URL('../../static/js/veil.js', import.meta.url), 'utf8');
/** @type {{ veil: (text: string) => { text: string, hidden: boolean }[] }} */
const { veil } = await import(`data:text/javascript,${encodeURIComponent(source)}`);

/** @type {[string, string, string[]][]} what it is, the text, what is hidden of it */
const texts = [
	['a link, and the comma behind it stays', 'see http://a.example/x?y=1, ok', ['http://a.example/x?y=1']],
	['capitals', 'HTTPS://A.EXAMPLE', ['HTTPS://A.EXAMPLE']],
	['a link written so that it is none', 'hxxp://bad.example', ['hxxp://bad.example']],
	['a magnet link', 'magnet:?xt=urn:btih:abc', ['magnet:?xt=urn:btih:abc']],
	['www without more', 'www.something.here.', ['www.something.here']],
	['an e-mail address', 'mail me: some.body+x@mail.example!', ['some.body+x@mail.example']],
	['an onion address', `${'abcdefgh'.repeat(7)}.onion`, [`${'abcdefgh'.repeat(7)}.onion`]],
	['two in one sentence', 'go to bad-site.nl/page or (bit.ly/abc)', ['bad-site.nl/page', 'bit.ly/abc']],
	['a bare domain', 'it is called somewhere.com', ['somewhere.com']],
	['a long hash', 'd41d8cd98f00b204e9800998ecf8427e', ['d41d8cd98f00b204e9800998ecf8427e']],
	['an address in numbers', 'at 192.168.1.1:8080 now', ['192.168.1.1:8080']],
	['ages, dates and missing spaces stay', 'I was 14.5 years. It was 12.05.2024, e.g. at night...no sleep.I am tired', []],
	['strokes stay', 'he/she and/or 3.5/10', []],
	['nothing', '', []],
];
for (const [name, text, hidden] of texts) {
	test(`hidden addresses: ${name}`, () => {
		const parts = veil(text);
		assert.deepEqual(parts.filter((p) => p.hidden).map((p) => p.text), hidden);
		assert.equal(parts.map((p) => p.text).join(''), text, 'a part of the text is lost');
	});
}

test('hidden addresses: a text made to be slow is not', () => {
	const begin = process.cpuUsage(); // not of the clock: others work on this machine too
	for (const piece of ['a.', 'a@', '1.', 'a-', ':/', 'http', '@@', 'a.-']) veil(piece.repeat(4000 / piece.length));
	assert.ok(process.cpuUsage(begin).user < 1_000_000, 'over a second');
});
