package edition

// Trouble is what an engine failed with in a form that the desk says in its
// reader's language. The zero value means that nothing is known.
type Trouble struct {
	Reason TroubleReason `json:"reason,omitempty"`
	// Where is the service, its address, its project or its model, as it is
	// called in every language; "" for the engine itself.
	Where string `json:"where,omitempty"`
	// See is the setting, file, variable or address to look at.
	See string `json:"see,omitempty"`
	// Detail belongs to the reason: the rules of the contract that were broken
	// (with commas), a pair of languages ("en → ar"), an HTTP status.
	Detail string `json:"detail,omitempty"`
}

// TroubleReason says why an engine failed: a key of the desk's catalogues
// ("desk.trouble.busy").
type TroubleReason string

// The reasons. The first ones pass; with the others somebody has to act, or the
// sentence is a person's.
const (
	TroubleBusy        TroubleReason = "busy"        // it was asked more than it takes
	TroubleUnreachable TroubleReason = "unreachable" // no connection
	TroubleCut         TroubleReason = "cut"         // a connection or an answer that ended in the middle
	TroubleLate        TroubleReason = "late"        // no answer in time
	TroubleDown        TroubleReason = "down"        // overloaded or down for a moment
	TroubleFault       TroubleReason = "fault"       // an error of the service itself
	TroubleResting     TroubleReason = "resting"     // it failed so often that it is left alone
	TroubleSilent      TroubleReason = "silent"      // a model that gave no answer

	TroubleCredentials   TroubleReason = "credentials"    // they are refused
	TroubleNoCredentials TroubleReason = "no-credentials" // there are none, or they cannot be read
	TroubleRights        TroubleReason = "rights"         // they may not do this
	TroubleSwitchedOff   TroubleReason = "switched-off"   // the service is not enabled
	TroubleBilling       TroubleReason = "billing"        // nobody pays for it
	TroubleQuota         TroubleReason = "quota"          // what was allotted or paid for is used up
	TroubleBudget        TroubleReason = "budget"         // the house's own budget is spent
	TroubleCertificate   TroubleReason = "certificate"    // it does not verify
	TroubleEndpoint      TroubleReason = "endpoint"       // something else answers there
	TroubleModel         TroubleReason = "model"          // it has no such model
	TroubleGlossary      TroubleReason = "glossary"       // it cannot use the glossary
	TroubleInstall       TroubleReason = "install"        // a program is not installed
	TroubleOutside       TroubleReason = "outside"        // the text must not leave the house

	TroubleNoEngine TroubleReason = "no-engine" // none is on the locale's route
	TroubleLanguage TroubleReason = "language"  // it does not have the pair
	TroubleUnfit    TroubleReason = "unfit"     // its replies broke the contract
	TroubleLong     TroubleReason = "long"      // a sentence is over its limits
	TroubleLost     TroubleReason = "lost"      // it was asked twice and no answer came
	TroubleRefused  TroubleReason = "refused"   // it refuses the request
	TroubleUnwilled TroubleReason = "unwilled"  // a model refuses to translate the text
	TroubleOwn      TroubleReason = "own"       // a fault of Dragoman's in asking it or reading its answer

	TroubleNameKept TroubleReason = "name-kept" // a sensitive name cannot be hidden in the sentence
	TroubleNameLost TroubleReason = "name-lost" // a hidden name did not come back once
	TroubleNameForm TroubleReason = "name-form" // a hidden name came back where its form is not certain
)

// TroubleReasons are all reasons.
func TroubleReasons() []TroubleReason {
	return []TroubleReason{
		TroubleBusy, TroubleUnreachable, TroubleCut, TroubleLate, TroubleDown, TroubleFault, TroubleResting, TroubleSilent,
		TroubleCredentials, TroubleNoCredentials, TroubleRights, TroubleSwitchedOff, TroubleBilling, TroubleQuota, TroubleBudget,
		TroubleCertificate, TroubleEndpoint, TroubleModel, TroubleGlossary, TroubleInstall, TroubleOutside,
		TroubleNoEngine, TroubleLanguage, TroubleUnfit, TroubleLong, TroubleLost, TroubleRefused, TroubleUnwilled, TroubleOwn,
		TroubleNameKept, TroubleNameLost, TroubleNameForm,
	}
}
