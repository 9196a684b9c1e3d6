// Networks that let no socket through: schools, offices, some countries. The page
// goes on by itself over an answer that does not end, and where a proxy keeps
// answers back until they have ended, in pieces.
import assert from 'node:assert/strict';
import { journey } from '../lib/journey.mjs';
import { together } from '../lib/people.mjs';
import { until } from '../lib/until.mjs';
import { words } from '../lib/words.mjs';

/** @typedef {import('../lib/journey.mjs').Evening} Evening */
/** @typedef {import('../lib/network.mjs').Road} Road */

/** How the pages of the visitors' host ask for their frames. @param {import('puppeteer-core').Page} page */
function asks(page) {
	/** @type {Set<string>} */ const ways = new Set();
	page.on('request', (r) => {
		const { pathname, search } = new URL(r.url());
		if (r.method() === 'POST' && pathname.endsWith('/talk/link')) ways.add(search ? 'pieces' : 'stream');
	});
	return ways;
}

/**
 * A conversation that begins on a socket goes on over another road: what was
 * written on the way, on either side, arrives once and in order.
 * @param {Evening} e @param {Road} road @param {string} way
 */
async function goesOn(e, road, way) {
	const { visitor, counsellor } = await together(e);
	const ways = asks(visitor.page);
	await visitor.tell('one');
	await counsellor.tell('two');
	e.network.set('localhost', 'cut');
	await visitor.toRead(words('js.line.waiting'));
	await visitor.say('written without a network');
	await counsellor.say('said meanwhile');
	e.network.set('localhost', road);
	await visitor.toGet('said meanwhile', 45_000);
	await visitor.toKnow('written without a network', 'delivered');
	assert.ok(ways.has(way), `it goes on in ${way}`);
	await visitor.tell('three');
	await counsellor.tell('four');
	await visitor.toGet('four');

	await e.line.kill();
	await visitor.toRead(words('js.line.waiting'), 45_000);
	await visitor.say('written while nobody is there');
	await e.line.restart();
	await visitor.toKnow('written while nobody is there', 'delivered', 60_000);
	await counsellor.tell('five');
	const order = await until('the visitor has all', async () => {
		const all = await visitor.texts();
		return all.length === 8 && all;
	});
	assert.deepEqual(order, await counsellor.texts(), 'both have the same, every message once');
	await counsellor.end();
	await visitor.toRead(words('js.closed.counsellor.h'));
}

journey('promise: the thread is not lost where a proxy refuses sockets', (e) => goesOn(e, 'socketless', 'stream'));

journey('promise: the thread is not lost where a proxy also keeps every answer back until it has ended', (e) => goesOn(e, 'held', 'pieces'));
