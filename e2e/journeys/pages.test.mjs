import assert from 'node:assert/strict';
import { faults, tooSmall, tooWide } from '../lib/axe.mjs';
import { picture } from '../lib/browser.mjs';
import { journey } from '../lib/journey.mjs';
import { together } from '../lib/people.mjs';
import { until } from '../lib/until.mjs';
import { words } from '../lib/words.mjs';

/**
 * Looks at a page as it stands, wide and at 320 px: accessible, nothing sticks out.
 * @param {import('puppeteer-core').Page} page
 * @param {string} what
 * @param {string[]} found
 * @param {boolean} [visitors] a visitor's page: large enough for fingers too, and usable at 400 %
 */
async function look(page, what, found, visitors = false) {
	// 320 by 256 is a window of 1280 by 1024 at 400 %.
	for (const width of [1024, 320]) {
		await page.setViewport({ width, height: visitors && width === 320 ? 256 : 640 });
		for (const fault of [...(await faults(page)), ...(await tooWide(page)), ...(visitors ? await tooSmall(page) : [])]) found.push(`${what} at ${width} px: ${fault}`);
		await picture(page, `${what}-${width}`);
	}
	await page.setViewport({ width: 1024, height: 768 });
}

for (const dark of [false, true]) {
	const scheme = dark ? 'dark' : 'light';

	journey(`the visitor's pages are accessible and fit into 320 px, ${scheme}`, async (e) => {
		/** @type {string[]} */ const found = [];
		const reader = await e.visitor();
		// Pages of text are built alike: each is looked at in one scheme.
		const pages = dark ? { closed: '/en/', leaving: '/nl/leaving', kept: '/nl/kept', about: '/nl/about', access: '/en/access', write: '/en/write?door=2', wrong: '/nl/wrong' }
			: { closed: '/en/', 'closed-nl': '/nl/', missing: '/en/nothing-here', privacy: '/en/privacy', remarks: '/nl/remarks', read: '/en/read/1', back: '/en/back', sent: '/nl/sent', 'back-wrong': '/nl/back?why=unknown&at=3' };
		for (const [what, path] of Object.entries(pages)) {
			await reader.page.goto(e.line.visitor + path);
			assert.equal(await reader.page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches), dark);
			await look(reader.page, `${scheme}-${what}`, found, true);
		}
		const counsellor = await e.counsellor();
		await counsellor.onDuty();
		await reader.open('nl');
		await look(reader.page, `${scheme}-front-nl`, found, true);
		const visitor = await e.visitor();
		await visitor.open();
		await look(visitor.page, `${scheme}-front`, found, true);
		for (const door of ['young', 'self']) {
			await visitor.open();
			await visitor.follow(`button[name=door][value=${door}]`);
			await look(visitor.page, `${scheme}-before-${door}`, found, true);
		}
		await visitor.follow('form.go button[type=submit]');
		await visitor.toSee('#waiting');
		await look(visitor.page, `${scheme}-waiting`, found, true);
		await counsellor.next();
		await visitor.toSee('#yes');
		await look(visitor.page, `${scheme}-ready`, found, true);
		// A yes that is on its way when the question is taken back: this visitor is asked first, and told so.
		await counsellor.next();
		await until('the question is taken back', async () => !(await visitor.sees('#yes')));
		await visitor.page.evaluate(() => document.getElementById('yes')?.click());
		await visitor.toRead(words('js.place.kept'));
		await look(visitor.page, `${scheme}-kept`, found, true);
		await counsellor.next();
		await until('the visitor is offered, or asked again where this took long', async () => (await visitor.sees('#soon')) || (await visitor.sees('#yes')));
		if (await visitor.sees('#yes')) await visitor.ready();
		await counsellor.accept();
		await visitor.tell('Good evening. I have thoughts that worry me, and I do not know whom to ask.');
		await counsellor.tell('Good evening. I am glad that you are here. Take your time.');
		await visitor.toGet('Good evening. I am glad that you are here. Take your time.');
		await look(visitor.page, `${scheme}-talking`, found, true);
		await counsellor.end();
		await visitor.toEnd();
		await look(visitor.page, `${scheme}-after`, found, true);
		assert.deepEqual(found, []);
	}, { dark });

	journey(`the staff's pages are accessible and fit into 320 px, ${scheme}`, async (e) => {
		/** @type {string[]} */ const found = [];
		const stranger = await e.visitor();
		await stranger.page.goto(`${e.line.staff('counsellor')}/login`);
		await look(stranger.page, `${scheme}-login`, found);
		const { visitor, counsellor } = await together(e);
		await visitor.tell('Good evening. I am nervous.');
		await counsellor.tell('Good evening. Take your time.');
		await look(counsellor.page, `${scheme}-desk`, found);
		await counsellor.end();
		await counsellor.toEnd();
		await look(counsellor.page, `${scheme}-desk-after`, found);
		const supervisor = await e.supervisor();
		await supervisor.page.goto(`${e.line.staff('supervisor')}/board`);
		await supervisor.toSee('#waiting');
		await look(supervisor.page, `${scheme}-board`, found);
		await supervisor.page.goto(`${e.line.staff('supervisor')}/people`);
		await look(supervisor.page, `${scheme}-people`, found);
		await supervisor.page.type('#name', 'new.colleague');
		await supervisor.follow('form[action="/people"] button[type=submit]');
		await supervisor.toSee('.once');
		await look(supervisor.page, `${scheme}-invited`, found);
		const link = await supervisor.page.evaluate(() => document.querySelector('.once')?.textContent ?? '');
		const colleague = await e.visitor();
		await colleague.page.goto(link);
		await look(colleague.page, `${scheme}-join`, found);
		assert.deepEqual(found, []);
	}, { dark, staffOnly: true });
}
