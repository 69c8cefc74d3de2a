package bot

import (
	"maps"
	"slices"
)

// EmergencyTopics lists the slugs of emergencies, for which a card stands.
func EmergencyTopics() []string { return slices.Sorted(maps.Keys(danger)) }

// MedicalTopics lists the slugs beyond the medical-advice boundary.
func MedicalTopics() []string { return slices.Sorted(maps.Keys(medical)) }
