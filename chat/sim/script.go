package sim

import "helpline"

// Script is what one simulated visitor comes with. Opens are said one after
// the other when the talk begins; of Answers one is said each time the other
// side has written; Thanks ends it. Nothing in a script describes an act.
type Script struct {
	Door    helpline.Audience
	Locale  helpline.Locale
	Opens   []string
	Answers []string
	Thanks  string
}

// Scripts are all there are, English and Dutch.
func Scripts() []Script { return append(english(), dutch()...) }

func english() []Script {
	return []Script{
		{
			helpline.Self, "en",
			[]string{"Hello. I have been looking at this page for an hour.", "I have thoughts that worry me. I have never told anybody."},
			[]string{
				"I lie awake at night. I am ashamed of what goes through my head.",
				"No. I have not done anything and I do not want to. That is what frightens me, that I think of it at all.",
				"My brother has children. Since the summer I find reasons not to visit.",
				"It helps to say it once. I thought somebody would shout at me.",
				"I could tell my doctor that I do not sleep. Perhaps not more than that, yet.",
				"A number for a therapist would be good. I would like to write it down.",
			},
			"Thank you. I will call them tomorrow. Good night.",
		},
		{
			helpline.Self, "en",
			[]string{"Is this really anonymous?", "I watch more and more pornography and it frightens me where it is going."},
			[]string{
				"Every night, for hours. I am tired at work and I lie to my wife.",
				"I came across things that I do not want to see. I have not slept well since.",
				"I want it to stop. I do not know how.",
				"Evenings are the worst, when everybody is asleep and I am alone with the telephone.",
				"I could leave the telephone in the kitchen. It sounds so simple when you say it.",
				"Yes, I would talk to somebody about it, if it stays with them.",
			},
			"You stayed calm the whole time. I did not expect that. Thank you.",
		},
		{
			helpline.Relative, "en",
			[]string{"I don't know if I am in the right place. It is about my husband."},
			[]string{
				"He is strange when our niece comes to stay. He wants to be the one who puts her to bed.",
				"Nothing that I have seen. It is a feeling, and I am ashamed that I have it.",
				"She comes again in two weeks. I do not know whether I should say no.",
				"Her mother is my sister. We talk about everything, but not about this.",
				"So I can simply be there myself, and not leave it to him. That is something I can do.",
				"And if she tells me something? What do I say then?",
			},
			"I feel less alone with it. Thank you for listening.",
		},
		{
			helpline.Young, "en",
			[]string{"hi", "i am 16. is it ok to write here"},
			[]string{
				"i think something is wrong with me. i worry about it all the time",
				"i do not want to say it to my parents. they would not look at me any more",
				"it is only thoughts. i am scared that i become somebody bad",
				"there is a teacher who is ok. he does not make a drama of things",
				"maybe i could say to him that i don't sleep",
			},
			"ok. that was less bad than i thought. bye",
		},
		{
			helpline.Professional, "en",
			[]string{"Good evening. I am a physiotherapist and I would like to think something through with you."},
			[]string{
				"A man I treat said last week that he is afraid of his own thoughts. Then he talked about something else.",
				"He has not said about whom, and I did not ask. I think he was waiting for me to ask.",
				"I do not want to frighten him away. And I do not want to look away either.",
				"I could tell him that there is a line like yours, and that one can call without a name.",
				"Do you have a page that I could give him, something plain?",
			},
			"That helps. I will see him on Thursday.",
		},
	}
}

func dutch() []Script {
	return []Script{
		{
			helpline.Self, "nl",
			[]string{"Hallo. Ik durf dit bijna niet te schrijven.", "Ik heb gedachten waar ik van schrik."},
			[]string{
				"Ik slaap slecht. Ik schaam me kapot.",
				"Nee, ik heb niets gedaan. Ik wil ook niets doen. Maar wat als ik mezelf niet meer vertrouw?",
				"Mijn zus vraagt of ik op de kinderen kan passen. Ik verzin steeds een smoes.",
				"Dat ik gewoon nee mag zeggen. Zo had ik het nog niet bekeken.",
				"Met mijn huisarts zou ik kunnen praten. Die kent me al lang.",
				"Ja, geef me dat nummer maar. Ik schrijf het op.",
			},
			"Dank je wel. Ik ben blij dat ik het gezegd heb.",
		},
		{
			helpline.Self, "nl",
			[]string{"Goedenavond. Kan iemand zien wie ik ben?", "Ik kijk elke nacht porno en ik word bang van mezelf."},
			[]string{
				"Het begon na mijn scheiding. Nu kan ik niet meer stoppen.",
				"Ik kom steeds bij dingen uit die ik niet wil zien. Dan klik ik weg en lig ik wakker.",
				"Op mijn werk merken ze dat ik moe ben. Ik zeg dat het door de buren komt.",
				"Als ik niet alleen ben gaat het beter. Op dinsdag sport ik, dan gebeurt het niet.",
				"Iemand die hier meer van weet, dat zou ik wel willen.",
			},
			"Fijn dat je bleef luisteren. Ik ga nu slapen.",
		},
		{
			helpline.Relative, "nl",
			[]string{"Ik maak me zorgen om mijn zoon van negentien."},
			[]string{
				"Hij zit altijd op zijn kamer en klapt zijn laptop dicht als ik binnenkom.",
				"Ik vond een briefje waarin hij schrijft dat hij bang is voor zichzelf. Ik heb het teruggelegd.",
				"Ik wil hem niet kwijt. Ik weet niet hoe ik moet beginnen.",
				"Dus ik mag zeggen dat ik het gelezen heb, en dat ik niet boos ben.",
				"Is er voor hem ook iemand zoals jij?",
			},
			"Ik ga het vanavond proberen. Dank je.",
		},
		{
			helpline.Survivor, "nl",
			[]string{"Er is mij vroeger iets overkomen. Ik weet niet of ik hier goed zit."},
			[]string{
				"Het is lang geleden. Ik ben nu zelf moeder en alles komt terug.",
				"Ik wil er niets over vertellen. Ik wil alleen weten waar ik heen kan.",
				"Dat mag dus ook zonder alles te vertellen.",
				"Ik schrijf het op. Misschien bel ik volgende week.",
			},
			"Dank je dat je niet doorvroeg.",
		},
	}
}
