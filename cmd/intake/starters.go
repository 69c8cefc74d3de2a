package main

import (
	"example.org/intake/bot"
	"example.org/intake/bot/converse"
	"example.org/intake/web/visitor"
)

// openingTopics are the questions on the opening view: what people ask first.
var openingTopics = []string{"medicare-accepted", "start-treatment-steps", "group-therapy-what-is-it", "help-for-loved-one"}

func starters(road *converse.Road) func(lang string) []visitor.Starter {
	return func(lang string) []visitor.Starter {
		var list []visitor.Starter
		for _, slug := range openingTopics {
			if q := road.Knowledge.Question(slug, lang); q != "" {
				list = append(list, visitor.Starter{Choice: bot.ChoiceTopic(slug), Label: q})
			}
		}
		return list
	}
}
