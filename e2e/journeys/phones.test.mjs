// Two phones without scripts that see nothing but own shifts: what one offers
// another claims, in two taps each; of two who claim at once one has it; swap
// and give back. Each page is looked at on small screens, light and dark.
import assert from 'node:assert/strict';
import { faults, tooSmall, tooWide } from '../lib/axe.mjs';
import { picture } from '../lib/browser.mjs';
import { journey } from '../lib/journey.mjs';
import { Counsellor, Visitor } from '../lib/people.mjs';
import { STRETCHED, until } from '../lib/until.mjs';
import { words } from '../lib/words.mjs';

/** @typedef {import('../lib/journey.mjs').Evening} Evening */
/** @typedef {import('../lib/people.mjs').Supervisor} Supervisor */

/** Somebody's phone, which is tapped and counts the taps. */
class Handy extends Visitor {
	taps = 0;
	language = 'en';

	/** Taps what a finger can hit: it is there, 44 px or more, and nothing lies over it. @param {string} selector */
	async tap(selector) {
		const what = await until(`the phone has ${selector}`, () => this.page.$(selector));
		await what.evaluate((n) => n.scrollIntoView({ block: 'center', behavior: 'instant' }));
		const box = await what.boundingBox();
		assert.ok(box && box.width >= 43.5 && box.height >= 43.5, `${selector} is ${box?.width} by ${box?.height} px`);
		const old = await this.page.evaluateHandle(() => document);
		this.taps++;
		await this.page.touchscreen.tap(box.x + box.width / 2, box.y + box.height / 2);
		await until(`a tap on ${selector} leads on`, async () => {
			const same = await this.page.evaluate((d) => d === document, old).catch(() => false);
			return !same && (await this.page.evaluate(() => document.readyState)) === 'complete';
		});
	}

	/** The first page, from which taps are counted. */
	async first() {
		await this.page.goto(`${new URL(this.page.url()).origin}/shifts`);
		this.taps = 0;
	}

	/** Reads a text of the catalogue. @param {string} key @param {{[name: string]: string}} [values] */
	reads(key, values) {
		return this.toRead(words(key, values, this.language));
	}

	/** Looks at the page as it stands, on a narrow phone and a usual one, by day and by night. @param {string} name */
	async look(name) {
		for (const shade of ['dark', 'light']) {
			await this.page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: shade }]);
			for (const width of [320, 390]) {
				await this.page.setViewport({ width, height: 740, isMobile: true, hasTouch: true });
				assert.deepEqual([...(await tooWide(this.page)), ...(await tooSmall(this.page))], [], `${name} at ${width}`);
				await picture(this.page, `phones-${name}-${shade}-${width}`);
			}
			assert.deepEqual(await faults(this.page), [], `${name}, ${shade}`);
		}
	}
}

/** A phone that is let in by the link its owner makes. @param {Evening} e @param {Counsellor} owner @param {string} language */
async function phoneOf(e, owner, language) {
	await owner.page.goto(`${new URL(owner.page.url()).origin}/me/shifts`);
	await owner.page.type('#device', 'My phone');
	await owner.follow('button[value=link]');
	const link = await owner.page.$eval('.once', (n) => n.textContent ?? '');
	const machine = await e.machine();
	const phone = new Handy(e, await e.page(machine), machine);
	phone.language = language;
	await phone.page.setViewport({ width: 390, height: 740, isMobile: true, hasTouch: true });
	await phone.page.setJavaScriptEnabled(false);
	await phone.page.goto(link);
	await phone.tap('#in');
	phone.taps = 0;
	return phone;
}

/** A colleague who is invited and comes. @param {Evening} e @param {Supervisor} sam @param {string} name @param {string} language */
async function colleague(e, sam, name, language) {
	await sam.page.goto(`${e.line.staff('supervisor')}/people`);
	await sam.page.type('#name', name);
	await sam.page.select('#language', language);
	await sam.follow('form[action="/people"] button[type=submit]');
	const machine = await e.machine();
	const who = new Counsellor(e, await e.page(machine), machine);
	await who.page.goto(await sam.page.$eval('.once', (n) => n.textContent ?? ''));
	await who.press('input[name=written]');
	await who.page.select('#language', language);
	await who.follow('button[name=do][value=join]', STRETCHED);
	return who;
}

/** The clock times and the day of what is first in a list. @param {Handy} phone @param {string} selector */
const whenOf = (phone, selector) => phone.page.$eval(selector, (n) => [...n.querySelectorAll('.when > span, .when > .clock')].map((x) => x.textContent?.trim()).join(' '));

journey('a volunteer offers a shift and another claims it, on two phones without scripts, in two taps each', async (e) => {
	const sam = await e.supervisor();
	const kim = await phoneOf(e, await colleague(e, sam, 'Kim Visser', 'nl'), 'nl');
	const lea = await phoneOf(e, await colleague(e, sam, 'Lea Mertens', 'en'), 'en');
	const robin = await phoneOf(e, await e.counsellor(), 'en');
	await kim.look('none');
	await robin.reads('shifts.next');
	await robin.look('first');
	for (const path of ['/desk', '/rota', '/people', '/me', '/inbox']) { // the phone sees nothing else
		await robin.page.goto(`${e.line.staff('counsellor')}${path}`);
		await robin.toRead(words('login.title'));
	}

	// Robin offers a shift of the list: two taps.
	await robin.first();
	const list = await robin.page.$$eval('.own-list a', (all) => all.map((a) => a.getAttribute('href') ?? ''));
	const which = `.own-list a[href="${list.at(-2) ?? list.at(-1)}"]`;
	const offered = await whenOf(robin, which);
	await robin.tap(which);
	await robin.look('one');
	await robin.tap('#give');
	assert.equal(robin.taps, 2, 'an offer takes two taps');
	await robin.reads('shifts.done.offered');
	await robin.look('offered');

	// Both others have the list before them and tap at once: one has it.
	for (const phone of [kim, lea]) {
		await phone.first();
		await phone.tap('#free');
	}
	await kim.look('free');
	const offer = await lea.page.$$eval('.chance', (all, when) => all.filter((c) => [...c.querySelectorAll('.when > span, .when > .clock')].map((x) => x.textContent?.trim()).join(' ') === when)
		.map((c) => c.querySelector('form')?.getAttribute('action') ?? '').find((action) => action.startsWith('/shifts/open/')) ?? '', offered);
	assert.ok(offer, `Lea sees what Robin offers: ${offered}`);
	await Promise.all([kim, lea].map((phone) => phone.tap(`form[action="${offer}"] button`)));
	assert.deepEqual([kim.taps, lea.taps], [2, 2], 'a claim takes two taps');
	const has = await Promise.all([kim, lea].map(async (phone) => (await phone.text()).includes(words('shifts.done.taken', {}, phone.language))));
	assert.equal(has.filter(Boolean).length, 1, 'one of two has it');
	const [owner, other] = has[0] ? [kim, lea] : [lea, kim];
	await other.reads('shifts.now.faster');
	await other.look('faster');
	await owner.look('taken');
	await other.first();
	await other.reads('shifts.none');
	await robin.first();
	assert.ok(!(await robin.page.$$eval('.own-list a, .next a', (all) => all.map((a) => a.textContent))).some((t) => t?.includes(offered)), 'it is not Robin\'s any more');
	await robin.toSee('#changes');
	await robin.look('changed');

	// Robin would rather have another day. The nearest are a tap away.
	await robin.first();
	await robin.tap('.own-list li:last-child a');
	await robin.look('swap');
	await robin.tap('button[name=other]');
	assert.equal(robin.taps, 2, 'asking to swap takes two taps');
	await robin.reads('shifts.done.swapasked');
	await robin.look('swapasked');
	await robin.tap('#back');
	await robin.reads('shifts.done.kept');

	// The shift just given is further away: it stands in the list.
	await robin.first();
	const mine = await robin.page.$$eval('.own-list a, .next a', (all) => all.map((a) => a.getAttribute('href') ?? ''));
	let asked = false;
	for (const at of mine.reverse()) {
		await robin.first();
		await robin.tap(`a[href="${at}"]`);
		const theirs = await robin.page.$$eval('button[name=other], #other option', (all, name) => {
			const one = all.find((n) => n.textContent?.includes(`(${name})`));
			return { near: one?.matches('button') ?? false, value: one?.getAttribute('value') ?? '' };
		}, owner === kim ? 'Kim' : 'Lea');
		if (!theirs.value) continue;
		if (!theirs.near) await robin.page.select('#other', theirs.value);
		await robin.tap(theirs.near ? `button[name=other][value="${theirs.value}"]` : '#swap');
		asked = true;
		break;
	}
	assert.ok(asked, 'a swap with the new owner is on offer');
	await robin.reads('shifts.done.swapasked');
	await owner.first();
	await owner.look('asks');
	await owner.tap('.asked form:has([value=take]) button');
	assert.equal(owner.taps, 1, 'saying yes takes one tap');
	await owner.reads('shifts.done.taken');
	await robin.first();
	assert.ok((await robin.page.$$eval('.own-list .when, .next .when', (all) => all.map((a) => [...a.querySelectorAll('span, .clock')].map((x) => x.textContent?.trim()).join(' ')))).some((t) => t === offered), 'Robin has it again, for another');

	// And gives it back: two taps, and a supervisor's yes.
	const back = await robin.page.$$eval('.own-list a, .next a', (all, when) => all.find((a) => [...a.querySelectorAll('.when > span, .when > .clock')].map((x) => x.textContent?.trim()).join(' ') === when)?.getAttribute('href') ?? '', offered);
	await robin.tap(`a[href="${back}"]`);
	await robin.tap('#drop');
	assert.equal(robin.taps, 2, 'giving back takes two taps');
	await robin.reads('shifts.done.dropping');
	await robin.look('dropping');
	await sam.page.goto(`${e.line.staff('supervisor')}/rota/swaps`);
	await sam.follow('button[value=approve]');
	await robin.first();
	assert.ok(!(await robin.text()).includes(offered), 'Robin is free then');
	await robin.look('free-then');

	// What one takes along on paper: own shifts, and nothing that is pressed.
	await robin.page.emulateMediaType('print');
	await robin.page.setViewport({ width: 718, height: 1000 }); // A4 upright within 10 mm, in CSS pixels
	assert.deepEqual(await tooWide(robin.page), [], 'own shifts on paper');
	assert.deepEqual(await robin.page.$$eval('button, nav, input', (all) => all.filter((n) => n.checkVisibility()).map((n) => n.outerHTML.slice(0, 80))), [], 'paper has no buttons');
	await picture(robin.page, 'phones-paper');
}, { rota: true, staffOnly: true });
