// Half past five: somebody who has tonight's shift cannot come. A supervisor asks
// five people in one press, a mail reaches each of them, and the first yes has it.
import assert from 'node:assert/strict';
import { faults, tooWide } from '../lib/axe.mjs';
import { picture } from '../lib/browser.mjs';
import { journey } from '../lib/journey.mjs';
import { Relay } from '../lib/mail.mjs';
import { Visitor } from '../lib/people.mjs';
import { clockIn, invite, join, pocket, publish, reach, set, zoneAt } from '../lib/team.mjs';
import { until } from '../lib/until.mjs';
import { words } from '../lib/words.mjs';

/** @typedef {import('../lib/people.mjs').Counsellor | Visitor} Somebody */
/** @typedef {import('puppeteer-core').Page} Page */

const sender = 'info@post.example';
const asksWithin = 40_000; // milliseconds: an open page asks every 20 s what would stand above it

/** Looks at a page narrow and wide, by day and by night. @param {Somebody} who @param {string} name */
async function look(who, name) {
	const { page } = who;
	for (const width of [1280, 390]) {
		await page.setViewport({ width, height: 800 });
		assert.deepEqual(await tooWide(page), [], `${name} at ${width}`);
		for (const scheme of ['dark', 'light']) {
			await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
			if (width === 390) assert.deepEqual(await faults(page), [], `${name}, ${scheme}`);
			await picture(page, `sick-${name}-${width}-${scheme}`);
		}
	}
}

const asks = 'You are asked something about a shift. Please sign in.';
const changes = 'Something changed in your shifts. Please sign in.';
const settled = 'What you were asked about a shift is settled. You need not do anything.';

/** A notice says one of its sentences and leads to the desk: nothing else. @param {import('../lib/mail.mjs').Mail} mail @param {string} sentence @param {string} subject @param {string} desk */
function dull(mail, sentence, subject, desk) {
	assert.equal(mail.from, sender);
	assert.equal(mail.head.get('from'), `<${sender}>`, 'no name beside the sender');
	assert.equal(mail.head.get('to'), `<${mail.to}>`);
	assert.equal(mail.head.get('subject'), subject);
	assert.equal(mail.body, `${sentence}\n\n${desk}`, 'one sentence and a link');
	for (const word of ['Vera', 'Ada', 'Anna', 'Smit', '19:00', '19.00', 'Talk', 'help', 'Evening', 'counsel']) assert.ok(!mail.text.includes(word), `a notice says ${word}`);
}

journey('promise: a sick call at half past five is solved by asking five, and nobody learns more than they must', async (e) => {
	const relay = await Relay.start();
	try {
		const zone = zoneAt(17);
		const line = await set(e, `time_zone = "${zone}"\n${relay.settings(sender)}`);
		const anna = await join(e, line.join, 'Anna');
		const names = ['Vera', 'Ada', 'Bo', 'Cas', 'Dee', 'Els'];
		const links = [];
		for (const name of [...names, 'Wim']) links.push(await invite(anna, `${name} Smit`));
		/** @type {import('../lib/people.mjs').Counsellor[]} */ const six = [];
		for (const [n, name] of names.entries()) six.push(await join(e, String(links[n]), name, name === 'Cas' ? 'nl' : 'en'));
		const [vera, ada, bo, cas, dee, els] = /** @type {[import('../lib/people.mjs').Counsellor, import('../lib/people.mjs').Counsellor, import('../lib/people.mjs').Counsellor, import('../lib/people.mjs').Counsellor, import('../lib/people.mjs').Counsellor, import('../lib/people.mjs').Counsellor]} */ (six);
		await Promise.all([[vera, 'vera', 'changes'], [bo, 'bo', 'asks'], [cas, 'cas', 'asks'], [dee, 'dee', 'asks'], [els, 'els', 'asks'], [anna, 'anna', 'changes', 'cover']]
			.map(([who, name, ...kinds]) => reach(/** @type {any} */ (who), relay, `${name}@home.example`, /** @type {string[]} */ (kinds))));

		// Ada does it by hand: the address, and the code from the mail.
		await ada.page.goto(`${line.desk}/me/notices`);
		await ada.page.type('#to', 'ada@home.example');
		await look(ada, 'address');
		await ada.follow('form[action="/me/notices"] button');
		const test = await relay.toGet('ada@home.example');
		assert.match(test.body, /^This is the test you asked for\. The code is \d{6}\.$/);
		await ada.page.type('#typed', /\d{6}/.exec(test.body)?.[0] ?? '');
		await look(ada, 'code');
		await ada.follow('form[action="/me/notices/code"] button');
		await ada.toRead(words('notices.done.tested'));

		// Tonight and tomorrow, two on each.
		const [today, tomorrow] = [clockIn(zone).day, clockIn(zone, 1440).day];
		await publish(e, anna, 'pair', `name,${today},${tomorrow}\nVera Smit,19:00-22:00,\nWim Smit,19:00-22:00,20:00-22:00\nAnna Vermeer,,20:00-22:00\n`);
		const visitor = await e.visitor();
		/** @param {string} clock when the next opening is, as the front page says it */
		const opens = (clock) => until(`visitors read that it opens at ${clock}`, async () => {
			await visitor.open();
			const said = await visitor.page.$eval('main time', (n) => n.getAttribute('datetime') ?? '');
			return new Date(said).toLocaleString('sv-SE', { timeZone: zone }).slice(0, 16) === clock;
		});
		await opens(`${today} 19:00`);
		await visitor.page.setViewport({ width: 390, height: 800 });
		await picture(visitor.page, 'sick-front-before');

		// Vera is ill. Anna has a page open that has nothing to do with it.
		await anna.page.goto(`${line.desk}/people`);
		const veras = await pocket(e, vera);
		await veras.toRead(words('shifts.today'));
		await look(veras, 'vera-shifts');
		await veras.follow('.next a');
		await look(veras, 'vera-shift');
		await veras.follow('#drop');
		await veras.toRead(words('shifts.done.dropping'));
		await look(veras, 'vera-given');
		await opens(`${today} 19:00`); // until somebody agrees the shift is hers
		await anna.toRead(words('plan.swaps.alert'), asksWithin);
		await look(anna, 'anna-alert');
		await anna.follow('.alert a[href="/rota/swaps"]');
		await look(anna, 'anna-swaps');
		await anna.follow('button[value=approve]');

		// Five are ticked, and not the one who asks.
		const ticked = () => anna.page.$$eval('input[name=person]:checked', (all) => all.map((n) => n.closest('label')?.querySelector('b')?.textContent ?? '').sort());
		assert.deepEqual(await ticked(), ['Ada Smit', 'Bo Smit', 'Cas Smit', 'Dee Smit', 'Els Smit']);
		assert.ok(!(await anna.text()).includes(words('rotaask.far')) || !(await anna.page.$$eval('label:has(input[name=person]:checked) .tag', (all) => all.length)), 'all five can be reached');
		await look(anna, 'anna-ask');
		await opens(`${tomorrow} 20:00`);
		await anna.follow('form[data-once] button.button:not(.quiet)');
		await anna.toRead(words('rotaask.state.open'));
		await look(anna, 'anna-asked');
		for (const name of ['ada', 'bo', 'dee', 'els']) {
			dull(await relay.toGet(`${name}@home.example`, 2), asks, 'Please sign in', line.desk);
		}
		dull(await relay.toGet('cas@home.example', 2), 'Je krijgt een vraag over een dienst. Log even in.', 'Log even in', line.desk);
		dull(await relay.toGet('vera@home.example', 2), changes, 'Please sign in', line.desk);

		// The link of the mail, on two phones that show own shifts only; Dee is at a desk.
		const [adas, bos] = [await pocket(e, ada), await pocket(e, bo)];
		const at = (await relay.toGet('ada@home.example', 2)).body.split('\n').at(-1) ?? '';
		for (const phone of [adas, bos]) {
			await phone.page.goto(at);
			await phone.toRead(words('shifts.asks.can'));
		}
		await look(adas, 'ada-asked');
		await dee.page.goto(`${line.desk}/desk`);
		await dee.toRead(words('shifts.alert'));
		await look(dee, 'dee-desk');
		await adas.follow('.chance form:has([value=take]) button');
		await adas.toRead(words('shifts.done.taken'));
		await adas.toRead(words('shifts.today'));
		await look(adas, 'ada-taken');
		await bos.follow('.chance form:has([value=take]) button');
		await bos.toRead(words('shifts.now.answered'));
		await look(bos, 'bo-late');
		await until('Dee is not asked any more, on the page that stands open', async () => !(await dee.text()).includes(words('shifts.alert')), asksWithin);
		await cas.page.goto(`${line.desk}/shifts`);
		assert.ok(!(await cas.text()).includes(words('shifts.asks.can', {}, 'nl')), 'Cas is asked still');
		for (const name of ['bo', 'dee', 'els']) dull(await relay.toGet(`${name}@home.example`, 3), settled, 'Please sign in', line.desk);
		dull(await relay.toGet('cas@home.example', 3), 'Wat je gevraagd werd over een dienst is geregeld. Je hoeft niets te doen.', 'Log even in', line.desk);
		assert.equal(relay.to('ada@home.example').length, 2, 'whoever took it is told nothing more');

		await veras.page.goto(`${line.desk}/`);
		await veras.toRead('You are free then.');
		await veras.toRead(words('shifts.none'));
		await look(veras, 'vera-free');
		await anna.page.goto(`${line.desk}/rota/swaps`);
		await anna.toRead(words('plan.swaps.none'));
		await anna.page.goto(`${line.desk}/board`);
		assert.equal(await anna.sees('#gaps .tag.late'), false, 'nothing near lacks any more');
		await look(anna, 'anna-board');
		await opens(`${today} 19:00`);
	} finally {
		await relay.stop();
	}
}, { earnest: true, staffOnly: true });
