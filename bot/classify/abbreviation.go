package classify

// Abbreviation gives the written-out form of a contraction without its apostrophe, of texting short forms, and of slang for the words that
// matter here; "" for any other word. Short forms that are ordinary words in the other language are left to the phrase files.
func Abbreviation(w string) string {
	switch w {
	// English contractions, with the apostrophe and without
	case "im", "i'm", "iam":
		return "i am"
	case "ive", "i've":
		return "i have"
	case "i'll":
		return "i will"
	case "i'd":
		return "i would"
	case "id":
		return "id"
	case "dont", "don't", "dnt", "dunt":
		return "do not"
	case "doesnt", "doesn't", "dosent", "doesent", "dosnt":
		return "does not"
	case "didnt", "didn't":
		return "did not"
	case "cant", "can't", "cannot", "cnt", "caint":
		return "can not"
	case "couldnt", "couldn't":
		return "could not"
	case "wont", "won't":
		return "will not"
	case "wouldnt", "wouldn't":
		return "would not"
	case "isnt", "isn't":
		return "is not"
	case "arent", "aren't":
		return "are not"
	case "aint", "ain't":
		return "is not"
	case "wasnt", "wasn't":
		return "was not"
	case "hasnt", "hasn't":
		return "has not"
	case "havent", "haven't":
		return "have not"
	case "shouldnt", "shouldn't":
		return "should not"
	case "hes", "he's":
		return "he is"
	case "shes", "she's":
		return "she is"
	case "its", "it's":
		return "it is"
	case "thats", "that's":
		return "that is"
	case "whats", "what's":
		return "what is"
	case "theres", "there's":
		return "there is"
	case "theyre", "they're":
		return "they are"
	case "youre", "you're", "ur":
		return "you are"
	// ways of saying
	case "wanna", "wana":
		return "want to"
	case "gonna", "gunna", "goin", "finna":
		if w == "goin" {
			return "going"
		}
		return "going to"
	case "gotta":
		return "have to"
	case "tryna":
		return "trying to"
	case "imma", "ima", "i'ma":
		return "i am going to"
	case "u":
		return "you"
	case "bc", "cuz", "cause", "cus", "bcuz":
		return "because"
	case "w":
		return "with"
	case "wo":
		return "without"
	case "rn":
		return "right now"
	case "ppl":
		return "people"
	case "bf":
		return "boyfriend"
	case "gf":
		return "girlfriend"
	case "b4":
		return "before"
	case "h8":
		return "hate"
	case "plz", "pls":
		return "please"
	case "every1":
		return "everyone"
	case "some1":
		return "someone"
	case "any1":
		return "anyone"
	case "no1":
		return "no one"
	// slang for what matters
	case "kms":
		return "kill myself"
	case "unalive", "unaliving", "unaliv":
		return "kill"
	case "kll", "kil":
		return "kill"
	case "od'd", "od'ed", "oded", "odd'd":
		return "overdosed"
	case "od'ing", "oding", "od'n":
		return "overdosing"
	case "ods", "od's":
		return "overdoses"
	case "si", "sui":
		if w == "sui" {
			return "suicide"
		}
		return "si"
	// Spanish short forms
	case "q", "k", "ke":
		return "que"
	case "xq", "pq", "xk", "porq":
		return "porque"
	case "tmb", "tb", "tbn":
		return "tambien"
	case "toy", "stoy":
		return "estoy"
	case "ta":
		return "esta"
	case "pa", "pa'":
		return "para"
	case "pal":
		return "para el"
	case "kiero", "qiero", "kero":
		return "quiero"
	case "bivir", "vibir":
		return "vivir"
	case "aser", "acer":
		return "hacer"
	case "asiendo":
		return "haciendo"
	case "nesesito":
		return "necesito"
	case "alludenme", "aiuda", "alluda", "yuda":
		return "ayuda"
	case "kien":
		return "quien"
	case "kisiera":
		return "quisiera"
	case "kede":
		return "quede"
	case "keda":
		return "queda"
	case "tomao":
		return "tomado"
	case "ermano":
		return "hermano"
	case "ijo", "hiijo":
		return "hijo"
	case "ija":
		return "hija"
	}
	return ""
}
